// One decision of a run: why this merge, what else was possible, and what would have come of another choice.
//
// A run with one compaction thread is a list of decisions; each begins a merge or a move. A watched run sees the
// ranking that one of them was taken from. A forked run takes another candidate there, and goes on by itself. Both are
// the run of a spec with the policy wrapped, so no state of a run has to be kept.
// Thread-safety: one call at a time in a thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

struct Decision {
  std::uint64_t number = 0;  // from 1 on
  std::uint64_t at_ns = 0;   // virtual time of the ranking
  std::vector<std::string> levels{};
  std::vector<CompactionTrigger> triggers{};
  std::vector<WeighedCandidate> candidates{};  // all, best first
  JobRecord job{};                             // as it began; its output figures are those of its end
  std::optional<std::uint64_t> took_ns{};      // empty: it did not end within the run
};

struct WatchedRun {
  RunResult result;
  std::uint64_t decisions = 0;
  Decision watched;
};

// Errors: those of run_spec. kInvalidArgument: the spec allows several merges at once, or there is no such decision or
// candidate.
Result<WatchedRun> watch(const RunSpec& spec, std::uint64_t decision, const CompactionPolicies& policies);
// The same run, but the decision takes the candidate first, if it is legal.
Result<WatchedRun> fork(const RunSpec& spec, std::uint64_t decision, std::size_t candidate,
                        const CompactionPolicies& policies);

std::string decision_text(const WatchedRun& run);
std::string decision_json(const WatchedRun& run);  // one line

}  // namespace mylonite::experiments
