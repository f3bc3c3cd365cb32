// The one chooser of merges, for every policy. It takes the first candidate of a policy's ranking whose job is legal,
// and gives a reason. If none is legal, it looks for expired tombstones (core/compaction/expiry.h).
//
// A reason holds the chosen candidate's trigger, the inputs, and the rejected candidates: other tables of the same
// trigger, then other triggers.
// Thread-safety: pure. Complexity: that of the policy's rank, plus that of plan and check_legal for each candidate
// tried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>

#include "core/compaction/policies.h"

namespace mylonite {

// What a policy says of writers and flushes.
struct Level0Rules {
  PressureLimits pressure{};
  std::vector<std::string> flush_cuts{};
};

struct Choice {
  std::optional<CompactionJob> job{};  // legal, with its reason; empty: nothing to do
  std::string next_state{};            // the policy's state once the job starts; without a job it does not change
  std::optional<Timestamp> wake_at{};  // when to choose again without a change of the tree; empty: never
  Level0Rules level0{};
  std::string refused{};  // why the best candidate is not legal, where no job was running and none was legal
};
Choice choose(const ConfiguredPolicy& policy, const PolicyView& view);
Level0Rules level0_rules(const ConfiguredPolicy& policy, const PolicyView& view);  // those of choose()

// Whether writers should give merging time to catch up.
struct Pressure {
  enum class Level : std::uint8_t { kNone, kSlowdown, kStop };
  Level level = Level::kNone;
  std::string cause{};
};
Pressure pressure_of(const PressureLimits& limits, Levels levels);

}  // namespace mylonite
