// The interface of compaction policies: what a policy sees and returns, and how it is registered.
//
// A policy ranks the candidates for a merge (rank), and makes a job of each candidate that the chooser tries (plan). It
// is pure: it opens, keeps and applies nothing, so the same view gives the same answer. The chooser does the rest
// (core/compaction/chooser.h), alike for every policy. It decides whether a job is *safe*, when to rank again and when
// writers are slowed; it keeps the reasons, and handles expired tombstones. The engine decides which entries may be
// dropped (core/compaction/drop_rule.h).
// Invariants: scores are integers; a policy breaks ties by level, low key and number, never by addresses. Every policy
// works on the tree that any other one left, also with levels beyond max_levels.
// Thread-safety: one thread at a time calls rank and plan, and holds no lock. Complexity: rank is called after each
// change of the tree, so it should be linear in tables, at most times log of tables.
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

// Point reads of a table since the store was opened.
struct TableReads {
  FileNumber number;
  std::uint64_t probes = 0;  // looked into the table; halved by each flush; a merge's output inherits by bytes
  // Looked here first, found nothing, and looked into an older table. From 0 again when the table moves.
  std::uint64_t wasted = 0;
};

// The view of a policy. Borrows.
struct PolicyView {
  Levels levels;
  std::span<const RunningJob> running;
  const Options& options;
  Timestamp now;             // the wall clock, in ticks of stamps
  Timestamp floor;           // no reader reads below it, no snapshot either: a merge may drop what is superseded there
  Timestamp expire_max{};    // no table with a newer stamp may expire; kTimestampMin, while a snapshot lives: none may
  std::string_view state{};  // the next_state of this policy's last job, or empty
  std::span<const ParameterValue> parameters{};  // all that the policy's row declares, in its order
  std::span<const TableReads> reads{};           // of every table, by number; empty unless the row has counts_reads

  TableReads reads_of(FileNumber table) const;          // O(log tables); none: zeros
  std::int64_t parameter(std::string_view name) const;  // requires one that the policy's row declares
};

inline constexpr std::int64_t kScoreUnit = 1024;  // a score of one

// A condition that a policy weighs, such as "this level has too many runs", whether it holds or not.
struct CompactionTrigger {
  std::string what;
  std::int64_t score = 0;      // due from kScoreUnit on; above 0 reasons name it, also as rejected
  std::string_view measure{};  // what the scores of its tables measure
};

// A candidate for a merge. Cheap: one table of a due level, or the level as a whole.
struct CompactionCandidate {
  enum class Kind : std::uint8_t { kLevel, kTable, kOther };
  Kind kind = Kind::kLevel;
  std::size_t trigger = 0;           // index in Ranking::triggers; one that is not there is not legal
  RunPosition position{};            // its source; of a whole level only the level counts
  const TableInfo* table = nullptr;  // of kTable: in the view's tree
  std::uint32_t to_level = 0;
  std::int64_t score = 0;  // any number of the policy's own; reasons show that of a table; the chooser ignores it
  // While this candidate is illegal, no candidate of that level is chosen, at any place of the ranking.
  std::optional<std::uint32_t> holds_back{};
};

// The numbers of runs of level 0 from which on writers are slowed down, and from which on they wait. A policy that does
// not merge level 0 must use kNoPressure: no merge would end the pressure.
struct PressureLimits {
  bool by_depth = false;  // runs count where they overlap: as many as hold tables over one key, not all of the level
  std::uint64_t slowdown_runs = UINT64_MAX;
  std::uint64_t stop_runs = UINT64_MAX;
};
inline constexpr PressureLimits kNoPressure{};

// Where the chooser merges tables with expired tombstones, if no candidate is legal.
enum class ExpiredTombstones : std::uint8_t { kToNextLevel, kToLastOlderData, kIgnored };

struct Ranking {
  std::vector<CompactionTrigger> triggers{};
  std::vector<CompactionCandidate> candidates{};  // all of them, best first
  ExpiredTombstones expired = ExpiredTombstones::kToNextLevel;
  std::optional<Timestamp> wake_at{};        // the latest time to rank again; expiring tombstones cause it, too
  std::optional<PressureLimits> pressure{};  // empty: level0_slowdown_runs and level0_stop_runs
  std::vector<std::string> flush_cuts{};  // user keys, ascending: no table of a flush holds keys on both sides of one
};

struct PlannedJob {
  // Empty: push_down() of the candidate: its level or table, with overlapping tables, into the oldest run of to_level.
  std::optional<CompactionJob> job{};
  std::string next_state{};  // small UTF-8 text; valid from the job's start, committed with the job's edit
};

// A whole number in the text of a policy: `fluid:K=3,Z=1`.
struct PolicyParameter {
  std::string name;
  std::int64_t fallback = 0;  // the value if the text has none
  std::int64_t low = 0;       // allowed range, both ends included
  std::int64_t high = 0;
  std::string meaning{};
  std::vector<std::int64_t> worth_trying{};  // smallest first
};

// One row of the registry. An open refuses a registry with a flaw: a name twice, a row without `rank`, a default or
// trial value out of range. Names consist of letters, digits, - and _. Functions must not throw.
struct CompactionPolicy {
  std::string name;
  std::string what;      // one sentence
  std::string source{};  // in the literature
  std::vector<PolicyParameter> parameters{};
  // Whether tables count reads for PolicyView::reads. The policy is then also asked again after each 100 wasted reads
  // of one table. Costs a read one or two shared counters.
  bool counts_reads = false;
  std::uint64_t state_version = 1;  // a policy never sees state of another version, or of another policy text
  std::function<Ranking(const PolicyView&)> rank;
  std::function<PlannedJob(const PolicyView&, const CompactionCandidate&)> plan{};  // empty: PlannedJob{}
};

// A value: a program adds its own policy to a copy of standard_policies() and opens its store with it.
using CompactionPolicies = std::vector<CompactionPolicy>;
CompactionPolicies standard_policies();

}  // namespace mylonite
