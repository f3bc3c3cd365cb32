// How far below a policy's figure one can come by taking other candidates: a beam search over forks.
//
// The search goes through the decisions in order. Each path in the beam is a list of deviations, judged by the run that
// takes them and then follows the policy to its end. At each decision a path goes on as it is, and once for each other
// candidate that is tried; the best `width` paths of all remain. So what is found is a lower bound of the headroom,
// and all of it where the beam is wide enough for every path.
// The result does not depend on the number of workers. Thread-safety: one call at a time in a thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

#include "experiments/decisions/decisions.h"
#include "experiments/result/run_result.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

struct HeadroomArguments {
  RunSpec spec;
  std::string figure = "write_amplification";  // that shall be small: this, or a row of run_figures()
  std::uint64_t width = 4;                     // paths that are kept
  std::uint64_t candidates = 4;                // tried at a decision at most, the policy's best ones
  std::uint64_t first = 1;                     // decision that may be taken otherwise
  std::uint64_t decisions = 1'000'000;         // from that one on, that may be taken otherwise
  std::uint64_t runs = 1000;                   // at most, the policy's own included
  std::uint64_t workers = 1;
  std::function<bool()> stop{};  // asked before each run, by any worker; true: the search ends with what it has
};

struct Headroom {
  RunResult policy{};
  RunResult best{};                     // the policy's own, if none is below it
  std::vector<Deviation> deviations{};  // of the best
  std::uint64_t policy_value = 0;       // of the figure; the bytes that were written, for write amplification
  std::uint64_t best_value = 0;
  std::uint64_t decisions = 0;     // of the policy's run
  std::uint64_t first = 0;         // decision that was searched
  std::uint64_t last = 0;          // decision whose candidates were all tried; below `first`: none
  std::uint64_t runs = 0;          // made
  std::uint64_t alternatives = 0;  // other candidates that were tried and took effect
  bool spent = false;              // the runs did not suffice for all decisions that were asked for
  bool stopped = false;            // some of them were not made, because of HeadroomArguments::stop
  std::string wrong{};             // a wrong answer of the store in some run
};

// What is known after each run. The order of calls is that of runs as they end.
struct HeadroomProgress {
  std::uint64_t runs = 0;
  std::uint64_t decision = 0;
  std::uint64_t decisions = 0;  // of the policy's run
};
using OnHeadroom = std::function<void(const HeadroomProgress&)>;  // one call at a time

// Errors: those of fork; kClosed if it is stopped before the policy's own run ended. kInvalidArgument for a
// figure that is not known, before anything runs.
Result<Headroom> headroom(const HeadroomArguments& arguments, const CompactionPolicies& policies,
                          const OnHeadroom& on_progress = {});

// `fork` is the command that replays the best path, without the deviations.
std::string headroom_text(const Headroom& found, const HeadroomArguments& arguments, const std::string& fork);
std::string headroom_json(const Headroom& found, const HeadroomArguments& arguments);  // one line

}  // namespace mylonite::experiments
