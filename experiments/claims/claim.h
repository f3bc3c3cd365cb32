// Claims of the literature about compaction, as inequalities over runs of the laboratory.
//
// A claim names runs that share a workload's seeds, a value of them, and a bound. The value is taken seed by seed. The
// verdict is about its 95 % interval: the claim holds if all of it keeps the bound, fails if none does, else it is
// open. A claim that fails is a finding, to be explained; its bound is never tuned.
// Thread-safety: constants and pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/figures/interval.h"
#include "experiments/result/run_result.h"
#include "experiments/run/sweep.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

// The size of the runs: all of size ratio 10. The bounds were set for the last one.
struct Tier {
  std::string_view name;
  std::uint64_t entries;
  std::uint64_t buffer_entries;
  std::string_view what;
};
std::span<const Tier> tiers();

enum class Bound : std::uint8_t { kAtLeast, kAtMost };

// A run of a claim. Without a load: counts of a store that merges all it wants after each buffer, on a machine where
// work takes no time. With one: latencies on nvme and cpu-1, with writers that are stopped but never slowed.
struct ClaimRun {
  std::string policy;  // $D stands for a twelfth of the run, in milliseconds
  std::string workload = "upd_u";
  std::uint64_t level0_runs = 1;
  std::uint64_t base_buffers = 10;
  std::string filters = "uniform";      // their allocation
  bool aligned_tables = false;          // most sources are older than that
  std::uint64_t load_percent = 0;       // arrivals, in percent of what a closed loop reaches; 0: no load
  std::uint64_t level0_stop_runs = 36;  // from here on with a load only
  std::string scheduler = "run_to_completion";
};

using FiguresOfRuns = std::span<const RunFigures* const>;  // of one seed, by run
struct Claim {
  std::string_view name;
  std::string_view says;
  std::string_view source;
  std::string_view value;  // what is measured
  double (*measure)(FiguresOfRuns);
  Bound bound;
  double limit;
  std::vector<ClaimRun> runs;
  std::string_view finding{};  // why it does not hold here, where it does not
};
std::span<const Claim> claims();

RunSpec spec_of(const ClaimRun& run, const Tier& tier, std::uint64_t seed);

}  // namespace mylonite::experiments
