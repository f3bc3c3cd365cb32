// Policies for data with an end: the oldest runs of one list leave the tree unread, and what was written up to their
// newest stamp expires (CompactionJob::expire).
//
// Time is that of stamps, so of writes. Data lives at least as long as the policy says, and until its whole run is that
// old. The newest run never expires by bytes. While a snapshot is held, nothing expires.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

constexpr std::int64_t kSecondsMax = 3'000'000'000;  // 95 years

Timestamp newest_of(const ListedRun& run) {
  Timestamp newest;
  for (const TableInfo& table : run.run->tables) newest = std::max(newest, table.newest);
  return newest;
}

std::uint64_t ticks_of(const PolicyView& view, std::string_view parameter) {
  return static_cast<std::uint64_t>(view.parameter(parameter)) * kTicksPerSecond;
}

// The number of oldest runs without a stamp above `until`.
std::size_t runs_until(const std::vector<ListedRun>& list, Timestamp until) {
  std::size_t count = 0;
  while (count < list.size() && newest_of(list[list.size() - 1 - count]) <= until) ++count;
  return count;
}

void wake_by(Ranking& ranking, std::uint64_t ticks) {
  const Timestamp at{std::min(ticks, kTimestampMax.ticks)};
  if (!ranking.wake_at || at < *ranking.wake_at) ranking.wake_at = at;
}

// By age: the oldest runs whose newest entry is `ttl` old. 0 seconds: none.
std::size_t expire_by_age(const PolicyView& view, const std::vector<ListedRun>& list, Ranking& ranking) {
  const std::uint64_t ttl = ticks_of(view, "ttl");
  if (ttl == 0) return 0;
  const std::size_t due = view.now.ticks < ttl ? 0 : runs_until(list, Timestamp{view.now.ticks - ttl});
  ranking.triggers.push_back(
      {.what = fmt::format("{} runs older than {} s", due, view.parameter("ttl")), .score = due > 0 ? kScoreUnit : 0});
  if (due < list.size()) wake_by(ranking, newest_of(list[list.size() - 1 - due]).ticks + ttl);
  return due;
}

// By bytes: as many of the oldest runs as bring the rest within the limit. 0 bytes: no limit.
std::size_t expire_by_bytes(const PolicyView& view, const std::vector<ListedRun>& list, Ranking& ranking) {
  const auto most = static_cast<std::uint64_t>(view.parameter("bytes"));
  if (most == 0) return 0;
  std::uint64_t bytes = 0;
  for (const ListedRun& run : list) bytes += run.bytes;
  ranking.triggers.push_back({.what = fmt::format("{} bytes, {} at most", bytes, most), .score = 0});
  std::size_t due = 0;
  for (; due + 1 < list.size() && bytes > most; ++due) bytes -= list[list.size() - 1 - due].bytes;
  if (due > 0) ranking.triggers.back().score = kScoreUnit;
  return due;
}

// An expiry of the oldest runs: to no level.
constexpr std::uint32_t kNowhere = UINT32_MAX;

void add_expiry(Ranking& ranking, const std::vector<ListedRun>& list, std::size_t count, std::size_t trigger) {
  if (count == 0) return;
  add_stretch(ranking, list, {.first = list.size() - count, .count = count}, trigger);
  ranking.candidates.back().to_level = kNowhere;
}

PlannedJob plan_expiring(const PolicyView& view, const CompactionCandidate& candidate) {
  PlannedJob planned = plan_stretch(view, candidate);
  planned.job->expire = candidate.to_level == kNowhere;
  return planned;
}

Ranking rank_fifo(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  Ranking ranking{.expired = ExpiredTombstones::kIgnored, .pressure = kNoPressure};
  const std::size_t by_age = expire_by_age(view, list, ranking);
  const std::size_t by_bytes = expire_by_bytes(view, list, ranking);
  const std::size_t due = std::max(by_age, by_bytes);
  add_expiry(ranking, list, due, due == by_age ? 0 : ranking.triggers.size() - 1);
  return ranking;
}

// The time window of a run: that of its newest entry.
std::uint64_t window_of(const ListedRun& run, std::uint64_t ticks) { return newest_of(run).ticks / ticks; }

// Windows that have passed become one run each; the runs of the current one are merged as stcs does.
Ranking rank_twcs(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const std::uint64_t window = ticks_of(view, "window");
  const std::uint64_t current = view.now.ticks / window;
  Ranking ranking{.expired = ExpiredTombstones::kIgnored, .pressure = kNoPressure};
  const std::size_t due = expire_by_age(view, list, ranking);
  add_expiry(ranking, list, due, 0);
  for (std::size_t first = 0; first + due < list.size();) {
    const std::uint64_t at = window_of(list[first], window);
    std::size_t end = first + 1;
    while (end + due < list.size() && window_of(list[end], window) == at) ++end;
    const bool open = at >= current;
    const std::vector<Stretch> stretches = open ? buckets_of(RunList(list).subspan(first, end - first))
                                                : std::vector<Stretch>{{.first = 0, .count = end - first}};
    const std::size_t least = open ? static_cast<std::size_t>(view.parameter("M")) : 2;
    for (const Stretch& each : stretches) {
      if (each.count >= least) {
        const Stretch oldest = oldest_of({.first = first + each.first, .count = each.count}, kRunsMax);
        add_stretch(ranking, list, oldest, ranking.triggers.size());
      }
      ranking.triggers.push_back({.what = fmt::format("{} runs of {}, {} start a merge", each.count,
                                                      open ? "the current window" : "a window that has passed", least),
                                  .score = score_of(each.count, least)});
    }
    if (open && end - first > 1) wake_by(ranking, (at + 1) * window);
    first = end;
  }
  return ranking;
}

PolicyParameter lifetime(std::int64_t fallback) {
  return {.name = "ttl",
          .fallback = fallback,
          .low = 0,
          .high = kSecondsMax,
          .meaning = "seconds that data lives at least; 0: without end",
          .worth_trying = {0, 1, 10}};
}

}  // namespace

CompactionPolicies expiring_policies() {
  return {
      {.name = "fifo",
       .what = "merges nothing; the oldest runs expire once all runs have more than `bytes`, or a run is older than "
               "`ttl` seconds",
       .source = "RocksDB, FIFO compaction (compaction_picker_fifo.cc); here reads never see what lies below",
       .parameters = {{.name = "bytes",
                       .fallback = 1 << 30,
                       .low = 0,
                       .high = INT64_MAX,
                       .meaning = "bytes of all tables; 0: no limit",
                       .worth_trying = {2'000, 20'000, 1 << 30}},
                      lifetime(0)},
       .rank = rank_fifo,
       .plan = plan_expiring},
      {.name = "twcs",
       .what = "runs of a time window become one once it has passed, and expire when all of it is older than `ttl` "
               "seconds; in the current window as stcs",
       .source = "Apache Cassandra, TimeWindowCompactionStrategy",
       .parameters = {lifetime(864'000),
                      {.name = "window",
                       .fallback = 86'400,
                       .low = 1,
                       .high = kSecondsMax,
                       .meaning = "seconds of a window",
                       .worth_trying = {1, 10}},
                      {.name = "M",
                       .fallback = 4,
                       .low = 2,
                       .high = 32,
                       .meaning = "runs of similar size that start a merge in the current window",
                       .worth_trying = {2, 4}}},
       .rank = rank_twcs,
       .plan = plan_expiring}};
}

}  // namespace mylonite
