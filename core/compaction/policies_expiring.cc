// Policies for data with an end: the oldest runs of one list leave the tree unread, and what was written up to their
// newest stamp expires (CompactionJob::expire).
//
// Time is that of stamps, so of writes. Data lives at least as long as the policy says, and until its whole run is that
// old. By bytes, runs that were written in the same time expire together, since what expires is a time: so do the
// levels of a tree that was leveled before. The newest of them never do. While a snapshot is held, nothing expires.
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

Timestamp oldest_of_run(const ListedRun& run) {
  Timestamp oldest = kTimestampMax;
  for (const TableInfo& table : run.run->tables) oldest = std::min(oldest, table.oldest);
  return oldest;
}

std::uint64_t ticks_of(const PolicyView& view, std::string_view parameter) {
  return static_cast<std::uint64_t>(view.parameter(parameter)) * kTicksPerSecond;
}

void wake_by(Ranking& ranking, std::uint64_t ticks) {
  const Timestamp at{std::min(ticks, kTimestampMax.ticks)};
  if (!ranking.wake_at || at < *ranking.wake_at) ranking.wake_at = at;
}

// What expires: everything written up to a stamp, the newest of some runs. The trigger says why.
struct Expiry {
  Timestamp through{};  // kTimestampMin: nothing
  std::size_t trigger = 0;

  bool takes(const ListedRun& run) const { return newest_of(run) <= through; }
};

// By age: the runs whose newest entry is `ttl` old. 0 seconds: none.
Expiry expire_by_age(const PolicyView& view, const std::vector<ListedRun>& list, Ranking& ranking) {
  Expiry expiry{.trigger = ranking.triggers.size()};
  const std::uint64_t ttl = ticks_of(view, "ttl");
  if (ttl == 0) return expiry;
  std::size_t due = 0;
  for (const ListedRun& run : list) {
    const Timestamp newest = newest_of(run);
    if (newest.ticks + ttl > view.now.ticks) {
      wake_by(ranking, newest.ticks + ttl);
      continue;
    }
    expiry.through = std::max(expiry.through, newest);
    ++due;
  }
  ranking.triggers.push_back(
      {.what = fmt::format("{} runs older than {} s", due, view.parameter("ttl")), .score = due > 0 ? kScoreUnit : 0});
  return expiry;
}

// Runs that were written in the same time, directly or through others of them.
struct Generation {
  Timestamp newest;
  std::uint64_t bytes = 0;
};

std::vector<Generation> generations_of(std::vector<ListedRun> list) {
  std::ranges::sort(list, {}, oldest_of_run);
  std::vector<Generation> generations;
  for (const ListedRun& run : list) {
    if (generations.empty() || oldest_of_run(run) > generations.back().newest) generations.emplace_back();
    Generation& last = generations.back();
    last.newest = std::max(last.newest, newest_of(run));
    last.bytes += run.bytes;
  }
  return generations;
}

// By bytes: as many of the oldest generations as bring the rest within the limit. 0 bytes: no limit.
Expiry expire_by_bytes(const PolicyView& view, const std::vector<ListedRun>& list, Ranking& ranking) {
  Expiry expiry{.trigger = ranking.triggers.size()};
  const auto most = static_cast<std::uint64_t>(view.parameter("bytes"));
  if (most == 0) return expiry;
  std::uint64_t bytes = 0;
  for (const ListedRun& run : list) bytes += run.bytes;
  ranking.triggers.push_back({.what = fmt::format("{} bytes, {} at most", bytes, most), .score = 0});
  const std::vector<Generation> generations = generations_of(list);
  for (std::size_t i = 0; i + 1 < generations.size() && bytes > most; ++i) {
    expiry.through = generations[i].newest;
    bytes -= generations[i].bytes;
    ranking.triggers.back().score = kScoreUnit;
  }
  return expiry;
}

// An expiry leads to no level; its score is the stamp.
constexpr std::uint32_t kNowhere = UINT32_MAX;

void add_expiry(Ranking& ranking, const Expiry& expiry) {
  if (expiry.through == kTimestampMin) return;
  ranking.candidates.push_back({.kind = CompactionCandidate::Kind::kOther,
                                .trigger = expiry.trigger,
                                .to_level = kNowhere,
                                .score = static_cast<std::int64_t>(expiry.through.ticks)});
}

PlannedJob plan_expiring(const PolicyView& view, const CompactionCandidate& candidate) {
  if (candidate.to_level != kNowhere) return plan_stretch(view, candidate);
  const Expiry expiry{.through = Timestamp{static_cast<std::uint64_t>(candidate.score)}};
  CompactionJob job;
  job.expire = true;
  for (const ListedRun& run : list_of(view.levels)) {
    if (!expiry.takes(run)) continue;
    CompactionInput& input =
        job.inputs.emplace_back(CompactionInput{.level = run.position.level, .run = run.position.run, .tables = {}});
    for (const TableInfo& table : run.run->tables) input.tables.push_back(table.number);
  }
  return {.job = std::move(job)};
}

Ranking rank_fifo(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  Ranking ranking{.expired = ExpiredTombstones::kIgnored, .pressure = kNoPressure};
  const Expiry by_age = expire_by_age(view, list, ranking);
  const Expiry by_bytes = expire_by_bytes(view, list, ranking);
  add_expiry(ranking, by_bytes.through > by_age.through ? by_bytes : by_age);
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
  const Expiry expiry = expire_by_age(view, list, ranking);
  add_expiry(ranking, expiry);
  for (std::size_t first = 0; first < list.size();) {
    const std::uint64_t at = window_of(list[first], window);
    std::size_t end = first + 1;
    if (expiry.takes(list[first])) {
      first = end;
      continue;
    }
    while (end < list.size() && !expiry.takes(list[end]) && window_of(list[end], window) == at) ++end;
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
