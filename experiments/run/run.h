// Runs a spec: the real store with its real threads, on one simulated machine of the laboratory.
//
// Phases that are not measured come first in every workload; figures are differences from the end of the last of them.
// Clients issue an operation when the last one is answered (closed loop). With load_percent the spec is run twice: the
// closed loop says what can be reached, then operations arrive at a share of that rate. With arrivals_per_second they
// arrive at that one. A client takes the next arrival; latency counts from the arrival, so waiting for a client counts.
// At the end the store is read once from beginning to end and compared with what was written. Thread-safety: one OS
// thread a run; runs may be concurrent.
#pragma once

#include <cstdint>
#include <functional>

#include <mylonite/compaction_policy.h>
#include <mylonite/events.h>
#include <mylonite/status.h>

#include "experiments/result/run_result.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

// Called now and then; false: the run is given up.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t operations)>;

// `observer` gets what the store says of its merges; on the machine's threads, which are one OS thread.
// Errors: kInvalidArgument for a name or option of the spec, before anything runs; kClosed if it was given up; else
// what stopped the store.
Result<RunResult> run_spec(const RunSpec& spec, const CompactionPolicies& policies, const Progress& progress = {},
                           EventListener* observer = nullptr);

}  // namespace mylonite::experiments
