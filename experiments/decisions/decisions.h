// Decisions of a run: why this merge, what else was possible, and what would have come of another choice.
//
// A run with one compaction thread is a list of decisions; each begins a merge or a move. A watched run sees the
// ranking that one of them was taken from. A forked run takes another candidate at some, and goes on by itself. Both
// are the run of a spec with the policy wrapped, so no state of a run has to be kept.
// Thread-safety: one call at a time in a thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/job_record.h>
#include <mylonite/status.h>

#include "experiments/result/run_result.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

struct WeighedCandidate {
  std::string what;
  std::int64_t score = 0;
};

// At one decision of a run, another candidate than the policy's best.
struct Deviation {
  std::uint64_t decision = 0;  // from 1 on
  std::size_t candidate = 0;   // its place in the ranking, from 0 on
  auto operator<=>(const Deviation&) const = default;
};

struct Decision {
  std::uint64_t number = 0;  // from 1 on
  std::uint64_t at_ns = 0;   // virtual time of the ranking
  std::vector<std::string> levels{};
  std::vector<CompactionTrigger> triggers{};
  std::vector<WeighedCandidate> candidates{};  // all, best first
  JobRecord job{};                             // as it began; its output figures are those of its end
  std::optional<std::uint64_t> took_ns{};      // empty: it did not end within the run
};

// What every run says of each of its decisions.
struct DecisionInBrief {
  std::size_t candidates = 0;
  std::string chosen{};  // the inputs and the level they went to
};

struct WatchedRun {
  RunResult result;
  std::vector<DecisionInBrief> decisions;  // all, in order
  std::vector<Decision> watched;           // by number
};

// Errors: those of run_spec. kInvalidArgument: the spec allows several merges at once, or there is no such decision or
// candidate.
Result<WatchedRun> watch(const RunSpec& spec, std::uint64_t decision, const CompactionPolicies& policies);
// The same run, but each of these decisions takes its candidate first, if it is legal; later ones are counted in the
// run that the earlier ones made. They are watched. In any order, each decision once; none: the run as it was.
Result<WatchedRun> fork(const RunSpec& spec, std::span<const Deviation> deviations, const CompactionPolicies& policies);

// "12:1", or "12", which takes candidate `otherwise`. Errors: kInvalidArgument.
Result<Deviation> parse_deviation(std::string_view text, std::size_t otherwise);
std::string deviations_text(std::span<const Deviation> deviations);  // "12:1 40:0"

std::string decisions_text(const WatchedRun& run);  // a line for each decision
std::string decisions_json(const WatchedRun& run);  // one line
std::string decision_text(const WatchedRun& run);   // of the first one watched
std::string decision_json(const WatchedRun& run);   // likewise; one line

}  // namespace mylonite::experiments
