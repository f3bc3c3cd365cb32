// Policies side by side: the same seeds for each, so differences are taken seed by seed.
//
// Policies meet the same operations, so most of what differs between seeds cancels. With a precision, seeds are added
// until every policy's paired difference of write amplification is known to that many percent.
// Thread-safety: one call at a time in a thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/status.h>

#include "experiments/figures/interval.h"
#include "experiments/figures/metrics.h"
#include "experiments/result/run_result.h"
#include "experiments/run/sweep.h"
#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

struct CompareArguments {
  RunSpec base;                         // its policy is ignored, its seed is the first one
  std::vector<std::string> policies{};  // the first is what the others are compared with
  std::uint64_t seeds = 10;             // at most, if a precision is asked for
  std::uint64_t precision_percent = 0;  // 0: all seeds
  std::uint64_t workers = 1;
  Shard shard{};                 // of more than one: only for what OnResult gets, and not with a precision
  std::function<bool()> stop{};  // as of a sweep
};

struct Comparison {
  RunSpec base;
  SweepResults results{};  // by policy, then by seed
  std::string differs{};   // what tells it from others beside it that have the same heading: "compression=lz4"
  std::uint64_t seeds() const { return results.empty() ? 0 : results.front().size(); }
};

// Errors: those of a sweep.
Result<Comparison> compare(const CompareArguments& arguments, const CompactionPolicies& policies,
                           const OnResult& on_result = {});

// Comparisons from single results, in any order and from any files: one for each spec without policy and seed. Policies
// come by name, but `base` (as configured, or its name) first. A result that is there twice counts once. Of several
// comparisons each says in which options and members of the spec it differs.
//
// `missing`: gets a sentence for each comparison that lacks runs. It then has the seeds that all its policies have.
// Without it such a comparison is an error.
// Errors: kInvalidArgument if a policy lacks a seed that another one has, base has no result, or workload files of one
// name differ; kCorruption if results of one spec differ: then a run is not reproducible.
Result<std::vector<Comparison>> merged(std::vector<RunResult> results, const std::string& base,
                                       std::vector<std::string>* missing = nullptr);

// Over the results' hashes in order of seeds, then of policies' texts: the same for one run and for merged shards.
std::string results_hash(const Comparison& comparison);
// A policy's line under a metric: its mean, and the difference from the first policy in percent, with intervals.
struct MetricRow {
  std::string policy;
  Interval own{};
  std::string own_text{};
  std::string difference_text{};  // empty: the first policy, or nothing to compare with
  bool known() const;             // several seeds: the interval is finite
};
std::vector<MetricRow> metric_rows(const Metric& metric, const Comparison& comparison);
std::vector<const Metric*> metrics_of(const Comparison& comparison);  // that say something about it
// Whether each difference of write amplification is known to so many percent, from three seeds on.
bool is_precise(const Comparison& comparison, std::uint64_t percent);
std::string loop_text(const RunSpec& spec);  // "closed loop", or the load

std::string comparison_text(const Comparison& comparison);
std::string csv_header();
std::string csv_line(const RunResult& result);

}  // namespace mylonite::experiments
