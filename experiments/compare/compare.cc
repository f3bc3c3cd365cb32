#include "experiments/compare/compare.h"

#include <utility>

#include "experiments/figures/interval.h"
#include "experiments/figures/metrics.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kSeedsAtLeast = 3;  // before a precision is believed

bool precise(const SweepResults& results, std::uint64_t percent) {
  if (results.front().size() < kSeedsAtLeast) return false;
  for (std::size_t policy = 1; policy < results.size(); ++policy) {
    const auto differences = paired_percent(metrics().front(), results[0], results[policy]);
    if (differences.empty()) continue;  // nothing is written
    if (interval_of(differences).half > static_cast<double>(percent)) return false;
  }
  return true;
}

}  // namespace

bool is_precise(const Comparison& comparison, std::uint64_t percent) { return precise(comparison.results, percent); }

Result<Comparison> compare(const CompareArguments& arguments, const CompactionPolicies& policies,
                           const OnResult& on_result) {
  SweepArguments all{.seeds = arguments.seeds, .workers = arguments.workers, .shard = arguments.shard};
  all.stop = arguments.stop;
  for (const std::string& policy : arguments.policies) {
    all.specs.push_back(arguments.base);
    all.specs.back().policy = policy;
  }
  if (arguments.precision_percent > 0) {
    all.enough = [&](const SweepResults& results) { return precise(results, arguments.precision_percent); };
  }
  auto results = sweep(all, policies, on_result);
  if (!results.ok()) return results.error();
  Comparison comparison{.base = arguments.base, .results = std::move(*results)};
  if (comparison.seeds() == 0) return comparison;
  comparison.base = comparison.results.front().front().spec;  // with what a file says
  comparison.base.policy = arguments.base.policy;
  return comparison;
}

}  // namespace mylonite::experiments
