#include "experiments/decisions/headroom.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"
#include "core/rt/rt.h"

namespace mylonite::experiments {
namespace {

constexpr std::string_view kWriteAmplification = "write_amplification";

// Forks accept the same bytes from the user, so the bytes that are written stand for the amplification.
std::uint64_t value_of(std::string_view figure, const RunFigures& at) {
  if (figure == kWriteAmplification) return at.flush_bytes + at.merge_bytes_out;
  return at.*std::ranges::find(run_figures(), figure, &FigureRow::name)->member;
}

Status check_figure(const std::string& figure) {
  std::vector<std::string_view> names = {kWriteAmplification};
  for (const FigureRow& row : run_figures()) names.push_back(row.name);
  if (std::ranges::find(names, figure) != names.end()) return {};
  return unknown_name("figure", figure, names);
}

// A list of deviations, and the run that it makes.
struct Path {
  std::vector<Deviation> deviations{};
  std::uint64_t value = 0;
  std::string hash{};  // of the result
  RunResult result{};
  std::vector<DecisionInBrief> decisions{};
};

bool is_better(const Path& a, const Path& b) {
  if (a.value != b.value) return a.value < b.value;
  if (a.deviations.size() != b.deviations.size()) return a.deviations.size() < b.deviations.size();
  return a.deviations < b.deviations;
}

// Best first. Of paths to the same result, the best counts before the others count at all: they seldom lead on to
// different ones.
void keep_best(std::vector<Path>& paths, std::uint64_t width) {
  std::ranges::sort(paths, is_better);
  std::set<std::string> seen;
  std::ranges::stable_partition(paths, [&](const Path& path) { return seen.insert(path.hash).second; });
  if (paths.size() > width) paths.resize(width);
  std::ranges::sort(paths, is_better);
}

// Carries out forks on several threads; the results are in the order of what was asked.
class Forks {
 public:
  Forks(const HeadroomArguments& arguments, const CompactionPolicies& policies, std::function<void()> on_run)
      : arguments_(arguments), policies_(policies), on_run_(std::move(on_run)) {}

  // Fewer paths than asked, if it is stopped: the first ones.
  Result<std::vector<Path>> carry_out(const std::vector<std::vector<Deviation>>& asked) {
    {
      const rt::Lock lock(mutex_);
      next_ = 0;
      done_.assign(asked.size(), std::nullopt);
    }
    std::vector<rt::Thread> workers;
    for (std::uint64_t i = 1; i < std::min<std::uint64_t>(arguments_.workers, asked.size()); ++i) {
      workers.emplace_back("fork", [&] { work(asked); });
    }
    work(asked);
    for (rt::Thread& each : workers) each.join();
    const rt::Lock lock(mutex_);
    std::vector<Path> paths;
    for (std::size_t i = 0; i < next_; ++i) {
      Result<WatchedRun>& run = *done_[i];
      if (!run.ok()) return run.error();
      paths.push_back({.deviations = asked[i],
                       .value = value_of(arguments_.figure, run->result.figures),
                       .hash = result_hash(run->result),
                       .result = std::move(run->result),
                       .decisions = std::move(run->decisions)});
      paths.back().result.shape.clear();
    }
    return paths;
  }

 private:
  void work(const std::vector<std::vector<Deviation>>& asked) {
    for (;;) {
      std::size_t number = 0;
      {
        const rt::Lock lock(mutex_);
        if (next_ == asked.size() || (arguments_.stop && arguments_.stop())) return;
        number = next_++;
      }
      auto run = fork(arguments_.spec, asked[number], policies_);
      const rt::Lock lock(mutex_);
      done_[number] = std::move(run);
      on_run_();
    }
  }

  const HeadroomArguments& arguments_;
  const CompactionPolicies& policies_;
  const std::function<void()> on_run_;
  rt::Mutex mutex_;
  std::size_t next_ GUARDED_BY(mutex_) = 0;
  std::vector<std::optional<Result<WatchedRun>>> done_ GUARDED_BY(mutex_);
};

class Search {
 public:
  Search(const HeadroomArguments& arguments, const CompactionPolicies& policies, const OnHeadroom& on_progress)
      : arguments_(arguments), on_progress_(on_progress), forks_(arguments, policies, [this] { count(); }) {}

  Result<Headroom> carry_out() {
    auto own = forks_.carry_out({{}});
    if (!own.ok()) return own.error();
    if (own->empty()) return Error(Code::kClosed, "stopped");
    beam_ = std::move(*own);
    const Path& policy = beam_.front();
    found_.policy = policy.result;
    found_.policy_value = policy.value;
    found_.decisions = policy.decisions.size();
    found_.first = arguments_.first;
    found_.last = arguments_.first - 1;
    found_.wrong = policy.result.failure;
    if (found_.first > found_.decisions) {
      return Error(Code::kInvalidArgument,
                   fmt::format("the run took {} decisions, so there is no number {}", found_.decisions, found_.first));
    }
    for (std::uint64_t i = 0; i < arguments_.decisions && any_has(found_.first + i) && !ended(); ++i) {
      if (Status done = take_otherwise(found_.first + i); !done.ok()) return done.error();
    }
    found_.runs = runs_;
    found_.best = beam_.front().result;
    found_.best_value = beam_.front().value;
    found_.deviations = beam_.front().deviations;
    return found_;
  }

 private:
  bool ended() const { return found_.spent || found_.stopped; }

  bool any_has(std::uint64_t decision) const {
    return std::ranges::any_of(beam_, [&](const Path& path) { return path.decisions.size() >= decision; });
  }

  // Called under the forks' lock, or where no worker is.
  void count() {
    ++runs_;
    if (on_progress_) on_progress_({.runs = runs_, .decision = decision_, .decisions = found_.decisions});
  }

  Status take_otherwise(std::uint64_t decision) {
    decision_ = decision;
    std::vector<std::vector<Deviation>> asked;
    std::vector<std::string> chosen;  // what the path took there before
    for (const Path& path : beam_) {
      if (path.decisions.size() < decision) continue;
      const DecisionInBrief& at = path.decisions[decision - 1];
      for (std::size_t i = 1; i < std::min<std::uint64_t>(at.candidates, arguments_.candidates); ++i) {
        asked.push_back(path.deviations);
        asked.back().push_back({.decision = decision, .candidate = i});
        chosen.push_back(at.chosen);
      }
    }
    const std::uint64_t left = arguments_.runs - runs_;
    found_.spent = asked.size() > left;
    if (found_.spent) asked.resize(left);
    auto paths = forks_.carry_out(asked);
    if (!paths.ok()) return paths.error();
    found_.stopped = paths->size() < asked.size();
    for (std::size_t i = 0; i < paths->size(); ++i) {
      Path& path = (*paths)[i];
      if (found_.wrong.empty()) found_.wrong = path.result.failure;
      // A candidate that is not legal, or was chosen anyway, changes nothing.
      if (path.decisions[decision - 1].chosen == chosen[i]) continue;
      ++found_.alternatives;
      beam_.push_back(std::move(path));
    }
    keep_best(beam_, arguments_.width);
    if (!ended()) found_.last = decision;
    return {};
  }

  const HeadroomArguments& arguments_;
  const OnHeadroom& on_progress_;
  Forks forks_;
  std::vector<Path> beam_;
  Headroom found_;
  std::uint64_t runs_ = 0;
  std::uint64_t decision_ = 0;
};

}  // namespace

Result<Headroom> headroom(const HeadroomArguments& arguments, const CompactionPolicies& policies,
                          const OnHeadroom& on_progress) {
  if (Status good = check_figure(arguments.figure); !good.ok()) return good.error();
  return Search(arguments, policies, on_progress).carry_out();
}

}  // namespace mylonite::experiments
