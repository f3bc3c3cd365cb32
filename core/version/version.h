// A version: the tables that a store consists of. Immutable value; pure bookkeeping, no I/O.
//
// Levels → runs → tables (mylonite/tree.h). Run ids come from the file numbers, so a new run is the newest of its
// level. A merge into an existing run keeps that run's id.
// Invariants (check_structure): tables of a run ascend and do not share a user key. (A table that ends with the border
// of a range delete may meet the next one's first key.) Run ids of a level strictly descend. No table is listed twice.
// Thread-safety: published as shared_ptr<const Version>; any thread may read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/job_record.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>
#include <mylonite/tree.h>

namespace mylonite {

// A place in the chain of logs. Ordered: later logs have larger numbers.
struct LogLength {
  FileNumber number;
  std::uint64_t bytes = 0;
  auto operator<=>(const LogLength&) const = default;
};

// One atomic change, one record of the manifest. Absent fields change nothing.
struct VersionEdit {
  struct Added {
    std::uint32_t level = 0;
    RunId run;
    TableInfo table;
    bool operator==(const Added&) const = default;
  };
  std::optional<FileNumber> next_file{};       // every number below has been used
  std::optional<FileNumber> first_log{};       // logs before it are obsolete
  std::optional<Timestamp> ceiling{};          // no stamp at or above it has been issued
  std::optional<Timestamp> history_floor{};    // only raised
  std::optional<Timestamp> expired_through{};  // likewise
  // The end of the last log after a clean close. A missing log, or one of another length, is then damage, not a torn
  // tail.
  std::optional<LogLength> closed_log{};
  std::optional<LogLength> durable_log{};  // logs are durable up to here, and shorter ones are damaged; only raised
  std::vector<Added> added{};              // tables of one run in key order
  std::vector<FileNumber> removed{};       // a table that is removed and added again is moved
  std::optional<PolicyState> policy{};
  std::vector<JobRecord> jobs{};             // merges that this edit carries out; added behind the known ones
  std::optional<std::uint64_t> jobs_kept{};  // the number of newest merges to keep; absent: all
  bool operator==(const VersionEdit&) const = default;
};

struct Version {
  std::vector<Level> levels;
  FileNumber next_file{1};
  FileNumber first_log{0};
  Timestamp ceiling;
  Timestamp history_floor;  // reads below it may lack versions, and are refused
  // Entries and range deletes up to here have expired: no read sees them, and any merge drops them. At most the floor.
  Timestamp expired_through{};
  std::optional<LogLength> closed_log{};
  std::optional<LogLength> durable_log{};  // of no matter if that log is obsolete
  std::optional<PolicyState> policy{};
  std::vector<JobRecord> jobs{};  // oldest first

  std::vector<const TableInfo*> tables() const;  // all, level by level, newest run first
  VersionEdit snapshot() const;                  // the edit that makes this version from an empty one
  bool operator==(const Version&) const = default;
};

// The edit that adds tables, in key order, as one run. File numbers ascend, so a flushed run takes its first table's
// number as id.
VersionEdit add_run(std::uint32_t level, RunId run, const std::vector<TableInfo>& tables);

// kCorruption when the edit does not fit: an unknown table removed, a duplicate added, a broken structure.
Result<Version> apply(const Version& before, const VersionEdit& edit);
Status check_structure(const Version& version);

}  // namespace mylonite
