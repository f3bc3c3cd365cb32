// The interface of compaction policies: what a policy sees, what it answers, and how it is registered.
//
// A policy ranks what could be merged (rank), and makes a job of those candidates that the chooser comes to (plan). It is
// pure: it opens nothing, keeps nothing and applies nothing, so the same view gives the same answer. The rest is the
// chooser's (core/compaction/chooser.h), alike for every policy: whether a job is *safe*, the reasons that the manifest
// keeps, expired tombstones, when to rank again, and when writers are pressed. What may be dropped is the engine's
// business (core/compaction/drop_rule.h).
// Invariants: scores are integers; a policy breaks ties by level, low key and number, never by addresses. Every policy
// works on the tree that any other one left behind, levels beyond max_levels included.
// Thread-safety: rank and plan are called by one thread at a time, which holds no lock. Complexity: rank is called after
// each change of the tree, so it is to be linear in tables, times log of tables where needed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_job.h>
#include <mylonite/tree.h>

namespace mylonite {

struct Options;

struct ParameterValue {
  std::string name;
  std::int64_t value = 0;
};

// What a policy sees. Borrows.
struct PolicyView {
  Levels levels;
  std::span<const RunningJob> running;
  const Options& options;
  Timestamp now;             // the wall clock, in ticks of stamps
  Timestamp floor;           // nobody reads below it: superseded versions at or below it may be dropped
  std::string_view state{};  // what this policy's last job left (PlannedJob::next_state), or empty
  std::span<const ParameterValue> parameters{};  // all that the policy's row declares, in its order

  // 0: the policy's row declares no such parameter.
  std::int64_t parameter(std::string_view name) const {
    for (const ParameterValue& each : parameters) {
      if (each.name == name) return each.value;
    }
    return 0;
  }
};

inline constexpr std::int64_t kScoreUnit = 1024;  // a score of one

// A condition that a policy weighs, such as "this level has too many runs", whether it holds or not.
struct CompactionTrigger {
  std::string what;
  std::int64_t score = 0;      // due from kScoreUnit on; above 0 it is named, also among what was rejected
  std::string_view measure{};  // what the scores of its tables measure
};

// Something that could be merged. Cheap: one table of a due level, or the level as a whole.
struct CompactionCandidate {
  enum class Kind : std::uint8_t { kLevel, kTable, kOther };
  Kind kind = Kind::kLevel;
  std::size_t trigger = 0;           // index in Ranking::triggers
  RunPosition position{};            // where it is taken from; of a whole level only the level counts
  const TableInfo* table = nullptr;  // of kTable: in the view's tree
  std::uint32_t to_level = 0;
  std::int64_t score = 0;  // of kOther: whatever plan needs to know
  // While this candidate is not legal, no candidate of that level is chosen, wherever it stands in the ranking.
  std::optional<std::uint32_t> holds_back{};
};

// Runs of level 0 from which on writers are slowed down, and from which on they wait. A policy that does not merge level
// 0 must say kNoPressure: nothing would relieve the writers.
struct PressureLimits {
  std::uint64_t slowdown_runs = UINT64_MAX;
  std::uint64_t stop_runs = UINT64_MAX;
};
inline constexpr PressureLimits kNoPressure{};

// Where the chooser takes tables whose tombstones have expired, once no candidate is legal.
enum class ExpiredTombstones : std::uint8_t { kToNextLevel, kToLastOlderData, kIgnored };

struct Ranking {
  std::vector<CompactionTrigger> triggers{};
  std::vector<CompactionCandidate> candidates{};  // all of them, best first
  ExpiredTombstones expired = ExpiredTombstones::kToNextLevel;
  std::optional<Timestamp> wake_at{};        // rank again then at the latest; always done when tombstones expire
  std::optional<PressureLimits> pressure{};  // empty: level0_slowdown_runs and level0_stop_runs
};

struct PlannedJob {
  // Empty: the candidate's level or table, and what must come along, into the oldest run of to_level (push_down).
  std::optional<CompactionJob> job{};
  std::string next_state{};  // small UTF-8 text; committed with the job's edit, in force from the job's start
};

// A whole number in the text of a policy: `fluid:K=3,Z=1`.
struct PolicyParameter {
  std::string name;
  std::int64_t fallback = 0;  // where the text does not say
  std::int64_t low = 0;       // allowed range, both ends in
  std::int64_t high = 0;
  std::string meaning{};
  std::vector<std::int64_t> worth_trying{};  // smallest first
};

// One row of the registry.
struct CompactionPolicy {
  std::string name;
  std::string what;      // one sentence
  std::string source{};  // in the literature
  std::vector<PolicyParameter> parameters{};
  std::uint64_t state_version = 1;  // state of another version, or of another policy text, is not given back
  std::function<Ranking(const PolicyView&)> rank;
  std::function<PlannedJob(const PolicyView&, const CompactionCandidate&)> plan{};  // empty: PlannedJob{}
};

// A value: a program adds its own policy to a copy of standard_policies() and opens its store with it.
using CompactionPolicies = std::vector<CompactionPolicy>;
CompactionPolicies standard_policies();

}  // namespace mylonite
