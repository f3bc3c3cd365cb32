#include "core/compaction/scheduler.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/base/fixed_point.h"
#include "core/base/invariant.h"

namespace mylonite {
namespace {

// The job of which `measure` is least; of equal ones the oldest.
template <class Measure>
std::size_t least(std::span<const JobProgress> jobs, Measure measure) {
  const auto found =
      std::ranges::min_element(jobs, {}, [&](const JobProgress& job) { return std::tuple(measure(job), job.id); });
  return static_cast<std::size_t>(found - jobs.begin());
}

std::optional<std::size_t> next_oldest(const SchedulerView& view) {
  return least(view.jobs, [](const JobProgress& job) { return job.id; });
}

std::optional<std::size_t> next_fair(const SchedulerView& view) {
  return least(view.jobs, [](const JobProgress& job) { return job.bytes_done; });
}

std::optional<std::size_t> next_greedy(const SchedulerView& view) {
  return least(view.jobs, [](const JobProgress& job) { return job.bytes_left; });
}

std::optional<std::size_t> next_silk(const SchedulerView& view) {
  const std::size_t first = least(view.jobs, [](const JobProgress& job) { return job.top_level; });
  if (view.flushing && view.jobs[first].top_level > 0) return std::nullopt;
  return first;
}

std::optional<std::size_t> next_beats(const SchedulerView& view) {
  return least(view.jobs, [](const JobProgress& job) { return job.paid_until; });
}

constexpr std::array kSchedulers = {
    Scheduler{.name = "run_to_completion",
              .what = "a merge goes on until it ends",
              .source = "LevelDB, RocksDB",
              .gives_way = false,
              .next = next_oldest},
    Scheduler{.name = "fair",
              .what = "the merge that has processed least goes on, so all advance alike",
              .source = "Luo & Carey, On Performance Stability in LSM-based Storage Systems, VLDB 2019",
              .next = next_fair},
    Scheduler{.name = "greedy",
              .what = "the merge with least left to do goes on, so the number of runs falls as fast as it can",
              .source = "Luo & Carey, VLDB 2019",
              .next = next_greedy},
    Scheduler{
        .name = "silk",
        .what = "merges of level 0 first, then of upper levels; those below level 0 wait while memtables are flushed",
        .source = "Balmau et al., SILK: Preventing Latency Spikes in Log-Structured Merge Key-Value Stores, "
                  "USENIX ATC 2019; without its limits of bandwidth",
        .next = next_silk},
    Scheduler{.name = "beats",
              .what = "the merge that writers will wait for first goes on: each write pays its share of merging, so no "
                      "write pays for many",
              .source = "TigerBeetle, compaction in beats (compaction.zig), where its tree has half-bars; here each "
                        "merge has a pace of its own",
              .paces = true,
              .next = next_beats},
};

}  // namespace

std::uint64_t Pace::paid_until(std::uint64_t done) const {
  return began + span / 4 + multiply_divide(span, std::min(done, total), total);
}

std::span<const Scheduler> schedulers() { return kSchedulers; }

const Scheduler& scheduler_named(std::string_view name) {
  const auto found = std::ranges::find(kSchedulers, name, &Scheduler::name);
  invariant(found != kSchedulers.end(), "the options name a scheduler that there is");
  return *found;
}

}  // namespace mylonite
