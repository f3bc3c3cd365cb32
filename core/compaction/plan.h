// A merge as a value: what a policy asks for, and what is known of one that is running.
//
// Places order runs by the age of their data for any key: by level, and within a level larger run ids first. A run that
// a job makes anew gets a fresh id when the job starts, larger than any id before, and so is the newest of its level.
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/version/job_record.h"
#include "core/version/key_range.h"
#include "core/version/tree.h"

namespace mylonite {

struct Place {
  std::uint32_t level = 0;
  RunId run{};
  bool operator==(const Place&) const = default;
};
// Whether data at `a` is newer than data of the same key at `b`.
constexpr bool newer(const Place& a, const Place& b) { return a.level != b.level ? a.level < b.level : a.run > b.run; }
struct NewerFirst {
  bool operator()(const Place& a, const Place& b) const { return newer(a, b); }
};
inline constexpr RunId kNewestRun{UINT64_MAX};  // where a run that does not exist yet will stand

struct CompactionInput {
  std::uint32_t level = 0;
  RunId run;
  std::vector<FileNumber> tables;  // never empty
  Place place() const { return {.level = level, .run = run}; }
};

struct CompactionJob {
  std::vector<CompactionInput> inputs;
  std::uint32_t to_level = 0;
  std::optional<RunId> into{};  // a run of to_level, perhaps itself an input; empty: a new one, the newest of to_level
  bool move = false;            // the tables change their place and are not read
  // An output table ends before it overlaps more bytes than this of the level below to_level; 0: no such limit.
  std::uint64_t overlap_bytes_max = 0;
  Reason why{};

  Place output() const { return {.level = to_level, .run = into.value_or(kNewestRun)}; }
};

// What later decisions must respect of a job until its edit is in force. Owns its keys.
struct RunningJob {
  std::uint64_t id = 0;  // also the id of the run it makes anew
  std::vector<CompactionInput> inputs;
  Place output;
  std::string low;
  std::string high;
  bool high_included = true;
  KeyRange hull() const { return {.low = low, .high = high, .high_included = high_included}; }
};

}  // namespace mylonite
