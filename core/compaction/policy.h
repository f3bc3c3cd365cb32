// What to merge: the pure half of compaction.
//
// A policy sees the shape of the tree, the jobs that run, the options and the time, and chooses; it opens nothing,
// keeps nothing and applies nothing, so the same arguments give the same answer. Whether its choice is *safe* is not
// its business: check_legal (core/compaction/legality.h) decides that for every policy alike, and the engine refuses an
// illegal one. What may be dropped is the engine's business too (core/compaction/drop_rule.h).
// Scores are integers; ties are broken by level, low key and number. Every policy works on the tree that any other one
// left behind, levels beyond max_levels included.
// Thread-safety: pure; any thread. Complexity: pick is linear in tables, times log of tables where noted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/compaction/plan.h"
#include "core/format/options.h"

namespace mylonite {

struct PolicyView {
  const Version& version;
  std::span<const RunningJob> running;
  const Options& options;
  Timestamp now;    // the wall clock, in ticks of stamps
  Timestamp floor;  // nobody reads below it: superseded versions at or below it may be dropped
};

struct Decision {
  std::optional<CompactionJob> job{};
  std::string next_state{};  // in force with the job; without a job nothing changes
};

// Whether writers should give merging time to catch up.
struct Pressure {
  enum class Level : std::uint8_t { kNone, kSlowdown, kStop };
  Level level = Level::kNone;
  std::string cause{};
};

class CompactionPolicy {
 public:
  virtual ~CompactionPolicy() = default;
  virtual std::string_view name() const = 0;
  virtual std::uint64_t state_version() const { return 1; }
  // `state` is what an earlier decision of this policy and state version left (small UTF-8 text), or empty.
  virtual Decision pick(const PolicyView& view, std::string_view state) const = 0;
  // When to ask again although the tree has not changed; empty: never.
  virtual std::optional<Timestamp> wake_at(const PolicyView&) const { return std::nullopt; }
  // Only what a merge that will come, or runs, relieves.
  virtual Pressure pressure(const PolicyView&) const { return {}; }
};

// Null: no policy of that name. policy_names() is for messages: "none, tier".
const CompactionPolicy* find_policy(std::string_view name);
std::string policy_names();

}  // namespace mylonite
