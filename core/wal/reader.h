// Reads a log back, and tells a torn tail from corruption.
//
// Let S be what is known durable: the largest `synced_to` in any valid record of the log, also beyond the damage, and
// what others attest of this log: the next log its length, the manifest at least how much of it is durable. Damage
// below S is corruption: an error. Damage at or above S is a torn tail: the log ends there, and the dropped bytes are
// reported. Damage to a last sync group that nothing attests looks like a torn tail.
// Thread-safety: one thread an object.
// Cost: linear in the file, which is read whole (bounded by the rotation size plus one commit group).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <mylonite/file_system.h>
#include <mylonite/status.h>

#include "core/wal/record.h"

namespace mylonite {

struct LogEnd {
  std::uint64_t records = 0;
  std::uint64_t valid_bytes = 0;
  std::uint64_t dropped_bytes = 0;  // the torn tail
  bool clean_close = false;
};

class WalReader {
 public:
  // Reads the whole file. Empty: its creation never finished. Then the file is at most as long as a header, and does
  // not hold the header of log `number`. (No record is written before the header is durable; a lost sector may show
  // another log's header.) Otherwise a bad header is kCorruption or kUnsupported. Errors name the last part of `path`.
  static Result<std::optional<WalReader>> open(vfs::FileSystem& fs, const std::string& path, FileNumber number);

  const WalHeader& header() const { return header_; }
  std::uint64_t bytes() const { return bytes_.size(); }

  struct Attested {
    std::optional<std::uint64_t> length{};  // by the next log's header
    std::uint64_t durable = 0;              // by the manifest; 0: it says nothing
  };
  // Calls `visit` for every batch in order. An error of it gets the record's place, unless it has one of its own.
  using Visitor = std::function<Status(const WalRecord&)>;
  Result<LogEnd> read(const Attested& attested, const Visitor& visit) const;

 private:
  WalReader(std::string name, WalHeader header, std::string bytes)
      : name_(std::move(name)), header_(header), bytes_(std::move(bytes)) {}
  std::optional<WalRecord> record_at(std::uint64_t offset) const;
  std::uint64_t largest_synced_to(std::uint64_t from) const;

  std::string name_;
  WalHeader header_;
  std::string bytes_;
};

}  // namespace mylonite
