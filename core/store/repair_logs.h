// What can be read of damaged logs, for repair.
//
// A record counts if both its checksums hold and its batch parses, also behind damage. As at an open, what was never
// known durable ends the log at its first unreadable place: a torn end, and no loss. Where a log's header is damaged,
// its salt is taken from its own bytes or from its neighbours; a record that fits a salt proves it.
// Thread-safety: pure but for reading files. Memory: the logs' bytes. Complexity: linear in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/repair.h>
#include <mylonite/status.h>

#include "core/version/version.h"

namespace mylonite {

// Which logs must be there.
struct LogNeeds {
  std::optional<FileNumber> first{};   // the first one that tables do not hold; empty: unknown
  std::optional<LogLength> durable{};  // up to where the manifest knows logs durable
  Timestamp after{};                   // of the tables' entries the newest
};

struct LogSalvage {
  struct Batch {
    Timestamp at;
    std::string_view payload;  // in `bytes`
  };
  std::vector<std::string> bytes;  // of the logs
  std::vector<Batch> batches;      // stamps ascend
  std::vector<RepairReport::LostLog> lost;
  std::vector<RepairReport::File> damaged;  // the logs with losses, and those that are missing
  std::uint64_t torn_bytes = 0;
  FileNumber highest;  // of every number that a header names
};

// `numbers` ascend. kUnsupported: a newer format.
Result<LogSalvage> salvage_logs(vfs::FileSystem& fs, const std::string& directory,
                                const std::vector<FileNumber>& numbers, const LogNeeds& needs);

// Where the newest log's header says the manifest was; empty: no header is readable.
struct AttestedManifest {
  FileNumber manifest;
  std::uint64_t record = 0;
};
std::optional<AttestedManifest> newest_attested(vfs::FileSystem& fs, const std::string& directory,
                                                const std::vector<FileNumber>& numbers);

}  // namespace mylonite
