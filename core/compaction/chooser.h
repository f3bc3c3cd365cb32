// The one chooser of merges, for every policy: takes the first candidate of a policy's ranking whose job is legal, and
// says why. When none is, expired tombstones (core/compaction/expiry.h).
//
// Reasons: the chosen candidate's trigger, the inputs, and what was rejected: other tables of the same trigger, then
// other triggers.
// Thread-safety: pure. Complexity: that of the policy's rank, plus that of plan and check_legal for each candidate tried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mylonite/compaction_policy.h>

#include "core/compaction/policies.h"

namespace mylonite {

struct Choice {
  std::optional<CompactionJob> job{};  // legal, with its reason; empty: nothing to do
  std::string next_state{};            // in force with the job; without a job nothing changes
  std::optional<Timestamp> wake_at{};  // when to ask again although the tree has not changed; empty: never
  PressureLimits pressure{};
};
Choice choose(const ConfiguredPolicy& policy, const PolicyView& view);
PressureLimits pressure_limits(const ConfiguredPolicy& policy, const PolicyView& view);  // those of choose()

// Whether writers should give merging time to catch up.
struct Pressure {
  enum class Level : std::uint8_t { kNone, kSlowdown, kStop };
  Level level = Level::kNone;
  std::string cause{};
};
Pressure pressure_of(const PressureLimits& limits, Levels levels);

}  // namespace mylonite
