#include "experiments/run/sweep.h"

#include <map>
#include <optional>
#include <utility>

#include "core/compaction/policies.h"
#include "core/rt/rt.h"
#include "experiments/run/run.h"
#include "experiments/run/workload_source.h"

namespace mylonite::experiments {
namespace {

// The shard's runs, by seed, then by spec.
std::vector<std::uint64_t> numbers_of(const SweepArguments& arguments) {
  const std::uint64_t specs = arguments.specs.size();
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 0; number < arguments.seeds * specs; ++number) {
    if ((number / specs + number % specs) % arguments.shard.of == arguments.shard.index) numbers.push_back(number);
  }
  return numbers;
}

// Carries out the runs in order of seeds, then of specs.
class Campaign {
 public:
  Campaign(const SweepArguments& arguments, const CompactionPolicies& policies, const OnResult& on_result)
      : arguments_(arguments), policies_(policies), on_result_(on_result), numbers_(numbers_of(arguments)) {
    results_.resize(arguments.specs.size());
  }

  Result<SweepResults> carry_out() {
    std::vector<rt::Thread> workers;
    for (std::uint64_t i = 1; i < arguments_.workers; ++i) workers.emplace_back("run", [this] { work(); });
    work();
    for (rt::Thread& each : workers) each.join();
    const rt::Lock lock(mutex_);
    if (error_ && stopped()) deliver_rest();
    if (error_) return *error_;
    return std::move(results_);
  }

 private:
  std::size_t specs() const { return arguments_.specs.size(); }
  bool stopped() const { return arguments_.stop && arguments_.stop(); }

  void work() {
    for (;;) {
      std::uint64_t number = 0;
      {
        const rt::Lock lock(mutex_);
        if (next_ == numbers_.size() || complete_ || error_) return;
        if (stopped()) {
          error_ = Error(Code::kClosed, "the runs were given up");
          return;
        }
        number = numbers_[next_++];
      }
      RunSpec spec = arguments_.specs[number % specs()];
      spec.seed += number / specs();
      auto result = run_spec(spec, policies_, [this](std::uint64_t, std::uint64_t) { return !stopped(); });
      const rt::Lock lock(mutex_);
      waiting_.emplace(number, std::move(result));
      accept();
    }
  }

  bool next_is_there() const REQUIRES(mutex_) {
    return !complete_ && !error_ && !waiting_.empty() && waiting_.begin()->first == numbers_[accepted_];
  }

  // Takes what is there of the results, in order, so that the number of threads changes nothing.
  void accept() REQUIRES(mutex_) {
    while (next_is_there()) {
      const auto first = waiting_.begin();
      Result<RunResult> result = std::move(first->second);
      waiting_.erase(first);
      if (!result.ok()) {
        error_ = result.error();
        return;
      }
      const std::uint64_t number = numbers_[accepted_++];
      if (number >= specs()) result->shape.clear();
      deliver(*result);
      results_[number % specs()].push_back(*result);
      complete_ = (number + 1) % specs() == 0 && arguments_.enough && arguments_.enough(results_);
    }
  }

  void deliver(RunResult& result) {
    if (!arguments_.enough) result.of_runs = specs() * arguments_.seeds;
    if (on_result_) on_result_(result);
  }

  // What ended before an earlier run that never will: those who keep results can use it.
  void deliver_rest() REQUIRES(mutex_) {
    for (auto& [number, result] : waiting_) {
      if (result.ok()) deliver(*result);
    }
  }

  const SweepArguments& arguments_;
  const CompactionPolicies& policies_;
  const OnResult& on_result_;
  const std::vector<std::uint64_t> numbers_;
  rt::Mutex mutex_;
  SweepResults results_ GUARDED_BY(mutex_);
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;                              // of numbers_, to begin
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;                          // of numbers_
  std::map<std::uint64_t, Result<RunResult>> waiting_ GUARDED_BY(mutex_);  // ended before an earlier one
  bool complete_ GUARDED_BY(mutex_) = false;
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

}  // namespace

Result<SweepResults> sweep(const SweepArguments& arguments, const CompactionPolicies& policies,
                           const OnResult& on_result) {
  SweepArguments checked = arguments;
  for (RunSpec& spec : checked.specs) {
    if (Status good = check_names(spec); !good.ok()) return good.error();
    if (const auto policy = configure_policy(policies, spec.policy); !policy.ok()) return policy.error();
    const auto source = workload_source(spec);
    if (!source.ok()) return source.error();
    spec.workload_hash = source->spec.workload_hash;  // so a file that changes meanwhile is noticed
  }
  return Campaign(checked, policies, on_result).carry_out();
}

}  // namespace mylonite::experiments
