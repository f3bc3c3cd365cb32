// Several specs over the same seeds, on several threads. The result does not depend on the number of threads.
//
// A seed decides keys, their order and values. So specs of one workload meet the same operations seed by seed.
// Results have their shape for the first seed only. Thread-safety: one call at a time in a thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

#include "experiments/result/run_result.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

using SweepResults = std::vector<std::vector<RunResult>>;  // by spec, then by seed; of one length, but of a shard

// One of `of` shards that together are all runs. Each has some seeds of every spec.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t of = 1;
};

struct SweepArguments {
  std::vector<RunSpec> specs{};  // each with its first seed
  std::uint64_t seeds = 1;       // at most, if `enough` is there
  std::uint64_t workers = 1;
  Shard shard{};
  std::function<bool(const SweepResults&)> enough{};  // asked after each seed
  std::function<bool()> stop{};                       // asked often, on every thread; true: runs are given up
};

// One call at a time, in order of seeds, then of specs. Once stopped, what ended before an earlier run comes at last.
using OnResult = std::function<void(const RunResult&)>;

// Each result says how many runs all shards have, if that is known before; so a merge that lacks some notices.
// Errors: those of run_spec, for the first seed and spec that has one. kInvalidArgument comes before anything runs.
Result<SweepResults> sweep(const SweepArguments& arguments, const CompactionPolicies& policies,
                           const OnResult& on_result = {});

}  // namespace mylonite::experiments
