#include "experiments/compare/compare.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "experiments/compare/metrics.h"
#include "experiments/figures/interval.h"
#include "experiments/run/run.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kSeedsAtLeast = 3;  // before a precision is believed

// Carries out the runs in order of seeds, then of policies, on several threads.
class Campaign {
 public:
  Campaign(const CompareArguments& arguments, const CompactionPolicies& policies, const OnResult& on_result)
      : arguments_(arguments), policies_(policies), on_result_(on_result), comparison_{.base = arguments.base} {
    comparison_.results.resize(arguments.policies.size());
  }

  Result<Comparison> carry_out() {
    std::vector<rt::Thread> workers;
    for (std::uint64_t i = 1; i < arguments_.workers; ++i) workers.emplace_back("run", [this] { work(); });
    work();
    for (rt::Thread& each : workers) each.join();
    const rt::Lock lock(mutex_);
    if (error_) return *error_;
    return std::move(comparison_);
  }

 private:
  void work() {
    for (;;) {
      std::uint64_t number = 0;
      {
        const rt::Lock lock(mutex_);
        if (next_ >= arguments_.seeds * arguments_.policies.size() || complete_ || error_) return;
        number = next_++;
      }
      RunSpec spec = arguments_.base;
      spec.seed += number / arguments_.policies.size();
      spec.policy = arguments_.policies[number % arguments_.policies.size()];
      auto result = run_spec(spec, policies_);
      const rt::Lock lock(mutex_);
      waiting_.emplace(number, std::move(result));
      accept();
    }
  }

  // Takes what is there of the results, in order, so that the number of threads changes nothing.
  void accept() REQUIRES(mutex_) {
    for (auto first = waiting_.begin(); first != waiting_.end() && first->first == accepted_;
         first = waiting_.begin()) {
      const Result<RunResult> result = std::move(first->second);
      waiting_.erase(first);
      if (complete_ || error_) return;
      if (!result.ok()) {
        error_ = result.error();
        return;
      }
      comparison_.results[accepted_ % arguments_.policies.size()].push_back(*result);
      ++accepted_;
      if (on_result_) on_result_(*result);
      complete_ = accepted_ % arguments_.policies.size() == 0 && precise();
    }
  }

  bool precise() const REQUIRES(mutex_) {
    if (arguments_.precision_percent == 0 || comparison_.seeds() < kSeedsAtLeast) return false;
    for (std::size_t policy = 1; policy < comparison_.results.size(); ++policy) {
      const auto differences = paired_percent(metrics().front(), comparison_.results[0], comparison_.results[policy]);
      if (differences.empty()) continue;  // nothing is written
      if (interval_of(differences).half > static_cast<double>(arguments_.precision_percent)) return false;
    }
    return true;
  }

  const CompareArguments& arguments_;
  const CompactionPolicies& policies_;
  const OnResult& on_result_;
  rt::Mutex mutex_;
  Comparison comparison_ GUARDED_BY(mutex_);
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;                              // run to begin
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;                          // runs
  std::map<std::uint64_t, Result<RunResult>> waiting_ GUARDED_BY(mutex_);  // ended before an earlier one
  bool complete_ GUARDED_BY(mutex_) = false;
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

}  // namespace

Result<Comparison> compare(const CompareArguments& arguments, const CompactionPolicies& policies,
                           const OnResult& on_result) {
  if (Status good = check_names(arguments.base); !good.ok()) return good.error();
  for (const std::string& text : arguments.policies) {
    if (const auto policy = configure_policy(policies, text); !policy.ok()) return policy.error();
  }
  return Campaign(arguments, policies, on_result).carry_out();
}

}  // namespace mylonite::experiments
