// A merge as a value: the job that a policy requests, and the facts of a running one.
//
// A new run gets its id when its job starts. The id is larger than all before, so the run is the newest of its level.
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/job_record.h>
#include <mylonite/key_range.h>
#include <mylonite/tree.h>

namespace mylonite {

struct CompactionInput {
  std::uint32_t level = 0;
  RunId run;
  std::vector<FileNumber> tables;  // never empty
  RunPosition position() const { return {.level = level, .run = run}; }
};

struct CompactionJob {
  std::vector<CompactionInput> inputs;
  std::uint32_t to_level = 0;
  // A run of to_level, perhaps itself an input. Empty: a new run, the newest of to_level; never in level 0, where only
  // flushes make runs.
  std::optional<RunId> into{};
  bool move = false;  // the tables change their place without being read
  // The tables leave the tree unread. All that was written up to their newest stamp expires with them, wherever it is:
  // from the job's end on no read sees it. to_level and into count for nothing.
  bool expire = false;
  // An output table ends before it overlaps more bytes than this of the level below to_level; 0: no such limit.
  std::uint64_t overlap_bytes_max = 0;
  bool aligned = false;             // output tables rather end where tables of the level below to_level begin
  std::vector<std::string> cuts{};  // user keys, ascending: no output table holds keys on both sides of one
  Reason why{};

  RunPosition output() const {
    if (expire && !inputs.empty()) return inputs.front().position();
    return {.level = to_level, .run = into.value_or(kNewestRun)};
  }
};

// The facts of a job that later decisions must respect until its edit is in force. Owns its keys.
struct RunningJob {
  std::uint64_t id = 0;  // also the id of its new run
  std::vector<CompactionInput> inputs;
  RunPosition output;
  std::string low;
  std::string high;
  bool high_included = true;
  KeyRange hull() const { return {.low = low, .high = high, .high_included = high_included}; }
};

}  // namespace mylonite
