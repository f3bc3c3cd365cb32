// Byte layout of a log file `wal-N.log`. All integers little-endian.
//
//   file header, 64 bytes
//   +0  magic "MYLOWAL\n"      +8  format version u32       +12 crc32c u32 of the other 60 bytes
//   +16 log number u64         +24 incarnation salt u64     +32 previous log's number u64, 0 for none
//   +40 previous log's length u64, all of it known durable  +48 manifest number u64   +56 manifest's last record u64
//
//   record, 32 bytes + payload, padded with zeros to a multiple of 8
//   +0  crc32c u32 of bytes 4..31           +4  type u32          +8  payload length u32
//   +12 crc32c u32 of the padded payload    +16 synced_to u64     +24 timestamp u64     +32 payload, padding
//
// Both checksums of a record start from the log's number, its salt and the record's offset. So a stale, foreign or
// moved record is never taken for data. `synced_to` is the length of the log known durable when the record was made:
// damage below it is corruption, at or above it a torn tail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mylonite/status.h>
#include <mylonite/timestamp.h>

namespace mylonite {

inline constexpr std::uint32_t kWalFormatVersion = 1;
inline constexpr std::size_t kWalHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 32;
inline constexpr std::size_t kRecordAlignment = 8;

struct WalHeader {
  FileNumber number;
  std::uint64_t salt = 0;
  FileNumber previous;
  std::uint64_t previous_bytes = 0;
  FileNumber manifest;
  std::uint64_t manifest_record = 0;
  bool operator==(const WalHeader&) const = default;
};

enum class RecordType : std::uint32_t {
  kBatch = 1,       // payload: an encoded WriteBatch
  kCleanClose = 2,  // no payload; nothing follows
};

struct WalRecord {
  RecordType type = RecordType::kBatch;
  std::uint64_t synced_to = 0;
  Timestamp at;
  std::string_view payload;
};

std::string encode_wal_header(const WalHeader& header);
// kUnsupported for a newer version, otherwise kCorruption; `file` is for the message.
Result<WalHeader> decode_wal_header(std::string_view bytes, const std::string& file);

// Appends the record's bytes to `out`; `offset` is their place in the file.
void encode_record(std::string& out, const WalHeader& log, std::uint64_t offset, const WalRecord& record);
std::size_t encoded_record_bytes(std::size_t payload_bytes);

// The first 32 bytes of a record, if their checksum holds at this offset of this log.
struct RecordHeader {
  RecordType type = RecordType::kBatch;
  std::uint32_t payload_bytes = 0;
  std::uint32_t payload_crc = 0;
  std::uint64_t synced_to = 0;
  Timestamp at;
};
std::optional<RecordHeader> decode_record_header(std::string_view bytes, const WalHeader& log, std::uint64_t offset);
bool payload_matches(const RecordHeader& record, std::string_view padded, const WalHeader& log, std::uint64_t offset);

}  // namespace mylonite
