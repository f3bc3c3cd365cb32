// The manifest's records of compaction beside its result: why each of the last merges was chosen, and the policy's
// state for its next decision. Plain values. Texts are UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/timestamp.h>

namespace mylonite {

// A candidate that a policy weighed. Scores are fixed-point or whole numbers; the trigger's text names their unit.
struct Candidate {
  std::string what;
  std::int64_t score = 0;
  bool operator==(const Candidate&) const = default;
};

// Why a job was chosen.
struct Reason {
  std::string trigger;
  std::string chosen;
  std::vector<Candidate> rejected{};  // the best few
  bool operator==(const Reason&) const = default;
};

struct JobRecord {
  std::uint64_t id = 0;  // from the file numbers; a new run made by the job has it as its id
  std::string policy;    // a policy's name, or "manual"
  Reason why;
  std::vector<std::uint32_t> from_levels{};  // of the inputs, ascending
  std::uint32_t to_level = 0;
  bool move = false;
  Timestamp expired_through{};  // what was written up to here expires; kTimestampMin: nothing does
  std::uint64_t tables_in = 0;
  std::uint64_t tables_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_above = 0;  // of bytes_in, those of levels above to_level; 0 in records of older stores
  std::uint64_t bytes_out = 0;
  std::uint64_t bytes_edge = 0;  // of entries written, those beside the keys of the newest input; 0 in older records
  std::uint64_t dropped = 0;     // entries and stamps of range deletes; of tables that expire, all of them
  Timestamp at;                  // wall clock when the job was chosen

  bool expires() const { return expired_through > kTimestampMin; }
  const char* kind() const { return expires() ? "expiry" : move ? "move" : "merge"; }
  bool operator==(const JobRecord&) const = default;
};

// Belongs to the policy of that name and version; any other one starts from an empty state.
struct PolicyState {
  std::string policy;
  std::uint64_t version = 0;
  std::string state;
  bool operator==(const PolicyState&) const = default;
};

}  // namespace mylonite
