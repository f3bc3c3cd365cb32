#include "core/wal/record.h"

#include <cstring>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/base/hash.h"

namespace mylonite {
namespace {

constexpr std::string_view kMagic = "MYLOWAL\n";

std::uint32_t binding(const WalHeader& log, std::uint64_t offset) {
  return static_cast<std::uint32_t>(mix64(mix64(log.salt ^ log.number.value) ^ offset));
}

std::size_t padded(std::size_t bytes) { return (bytes + kRecordAlignment - 1) / kRecordAlignment * kRecordAlignment; }

std::uint32_t header_crc(std::string_view first_64) {
  return crc32c(first_64.substr(16), crc32c(first_64.substr(0, 12)));
}

}  // namespace

std::string encode_wal_header(const WalHeader& header) {
  std::string out(kMagic);
  put_fixed32(out, kWalFormatVersion);
  put_fixed32(out, 0);
  put_fixed64(out, header.number.value);
  put_fixed64(out, header.salt);
  put_fixed64(out, header.previous.value);
  put_fixed64(out, header.previous_bytes);
  put_fixed64(out, header.manifest.value);
  put_fixed64(out, header.manifest_record);
  const std::uint32_t crc = header_crc(out);
  out.replace(12, sizeof crc, reinterpret_cast<const char*>(&crc), sizeof crc);
  return out;
}

Result<WalHeader> decode_wal_header(std::string_view bytes, const std::string& file) {
  auto damaged = [&](std::string message, std::uint64_t offset) {
    return Error(Code::kCorruption, std::move(message)).in(file, offset);
  };
  if (bytes.size() < kWalHeaderBytes) {
    return damaged(fmt::format("log header: expected {} bytes, found {}", kWalHeaderBytes, bytes.size()), 0);
  }
  bytes = bytes.substr(0, kWalHeaderBytes);
  if (!bytes.starts_with(kMagic)) return damaged("log header: the magic is wrong", 0);
  const std::uint32_t stored = load_fixed32(bytes.data() + 12);
  const std::uint32_t computed = header_crc(bytes);
  if (stored != computed) {
    return damaged(fmt::format("log header: checksum expected {:08x}, found {:08x}", stored, computed), 12);
  }
  const std::uint32_t version = load_fixed32(bytes.data() + 8);
  if (version > kWalFormatVersion) {
    return Error(Code::kUnsupported,
                 fmt::format("log format {}; this program reads up to {}", version, kWalFormatVersion))
        .in(file, 8);
  }
  return WalHeader{.number = FileNumber{load_fixed64(bytes.data() + 16)},
                   .salt = load_fixed64(bytes.data() + 24),
                   .previous = FileNumber{load_fixed64(bytes.data() + 32)},
                   .previous_bytes = load_fixed64(bytes.data() + 40),
                   .manifest = FileNumber{load_fixed64(bytes.data() + 48)},
                   .manifest_record = load_fixed64(bytes.data() + 56)};
}

std::size_t encoded_record_bytes(std::size_t payload_bytes) { return kRecordHeaderBytes + padded(payload_bytes); }

void encode_record(std::string& out, const WalHeader& log, std::uint64_t offset, const WalRecord& record) {
  const std::size_t start = out.size();
  const std::uint32_t bound = binding(log, offset);
  out.append(kRecordHeaderBytes, '\0');
  out.append(record.payload);
  out.append(padded(record.payload.size()) - record.payload.size(), '\0');
  // Fills in the header, now that the payload's checksum is known.
  char* const header = out.data() + start;
  const auto put = [&](std::size_t at, auto value) { std::memcpy(header + at, &value, sizeof value); };
  put(4, static_cast<std::uint32_t>(record.type));
  put(8, static_cast<std::uint32_t>(record.payload.size()));
  put(12, crc32c(std::string_view(out).substr(start + kRecordHeaderBytes), bound));
  put(16, record.synced_to);
  put(24, record.at.ticks);
  put(0, crc32c({header + 4, kRecordHeaderBytes - 4}, bound));
}

std::optional<RecordHeader> decode_record_header(std::string_view bytes, const WalHeader& log, std::uint64_t offset) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const std::uint32_t stored = load_fixed32(bytes.data());
  if (stored != crc32c(bytes.substr(4, kRecordHeaderBytes - 4), binding(log, offset))) return std::nullopt;
  const std::uint32_t type = load_fixed32(bytes.data() + 4);
  if (type != static_cast<std::uint32_t>(RecordType::kBatch) &&
      type != static_cast<std::uint32_t>(RecordType::kCleanClose)) {
    return std::nullopt;
  }
  return RecordHeader{.type = static_cast<RecordType>(type),
                      .payload_bytes = load_fixed32(bytes.data() + 8),
                      .payload_crc = load_fixed32(bytes.data() + 12),
                      .synced_to = load_fixed64(bytes.data() + 16),
                      .at = Timestamp{load_fixed64(bytes.data() + 24)}};
}

bool payload_matches(const RecordHeader& record, std::string_view padded_payload, const WalHeader& log,
                     std::uint64_t offset) {
  return record.payload_crc == crc32c(padded_payload, binding(log, offset));
}

}  // namespace mylonite
