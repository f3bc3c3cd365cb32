// Policies of one list: all runs, newest first, whatever their levels. A merge takes neighbours in the list, and its
// result stands in the place of the oldest of them. Where only these policies ran, all runs are in level 0.
#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

// The longest stretch from a run on in which each next run is at most `percent` of all before it.
std::size_t similar_from(const std::vector<ListedRun>& list, std::size_t first, std::uint64_t percent) {
  std::uint64_t bytes = list[first].bytes;
  std::size_t end = first + 1;
  for (; end < list.size() && list[end].bytes <= bytes / 100 * percent + bytes % 100 * percent / 100; ++end) {
    bytes += list[end].bytes;
  }
  return end - first;
}

// In this order: space, then sizes that are alike, then the number of runs.
Ranking rank_universal(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const auto most = static_cast<std::size_t>(view.parameter("R"));
  Ranking ranking = list_ranking(view, most);
  ranking.triggers.push_back(
      {.what = fmt::format("{} runs, {} start a merge", list.size(), most), .score = score_of(list.size(), most)});
  if (list.size() < std::max<std::size_t>(most, 2)) return ranking;
  std::uint64_t newer_bytes = 0;
  for (std::size_t i = 0; i + 1 < list.size(); ++i) newer_bytes += list[i].bytes;
  const auto amplification = static_cast<std::uint64_t>(view.parameter("A"));
  const std::int64_t space = score_of(newer_bytes, list.back().bytes * amplification / 100);
  ranking.triggers.push_back(
      {.what = fmt::format("space: {} bytes above the oldest run, {} % of it start a merge of all", newer_bytes,
                           amplification),
       .score = space});
  if (space >= kScoreUnit) add_stretch(ranking, list, {.first = 0, .count = list.size()}, 1);
  const std::uint64_t percent = 100 + static_cast<std::uint64_t>(view.parameter("P"));
  for (std::size_t first = 0; first + 1 < list.size(); ++first) {
    const std::size_t count = similar_from(list, first, percent);
    if (count < 2) continue;
    add_stretch(ranking, list, {.first = first, .count = count}, 0);
    break;
  }
  if (list.size() > most) add_stretch(ranking, list, {.first = 0, .count = list.size() - most + 1}, 0);
  return ranking;
}

Ranking rank_stcs(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const auto least = static_cast<std::size_t>(view.parameter("M"));
  Ranking ranking = list_ranking(view, kRunsMax);
  for (const Stretch& bucket : buckets_of(list)) {  // newest first: the smallest, where sizes grow with age
    if (bucket.count >= least) {
      add_stretch(ranking, list, oldest_of(bucket, kRunsMax), ranking.triggers.size());
    }
    ranking.triggers.push_back({.what = fmt::format("{} runs of about {} bytes, {} start a merge", bucket.count,
                                                    list[bucket.first].bytes, least),
                                .score = score_of(bucket.count, least)});
  }
  if (list.size() <= kRunsMax) return ranking;
  // None of them is similar, perhaps: without a merge writers would wait for ever.
  add_stretch(ranking, list, {.first = lightest(list, least), .count = least}, ranking.triggers.size());
  ranking.triggers.push_back({.what = fmt::format("{} runs, more than {} start a merge", list.size(), kRunsMax),
                              .score = score_of(list.size(), kRunsMax + 1)});
  return ranking;
}

}  // namespace

CompactionPolicies list_policies() {
  return {
      {.name = "universal",
       .what =
           "from R runs on: all runs if those above the oldest are A percent of it; else neighbours of similar size, "
           "newest first; else the newest runs, down to R",
       .source = "RocksDB, universal compaction (universal_compaction.h, compaction_picker_universal.cc)",
       .parameters = {{.name = "R",
                       .fallback = 10,
                       .low = 2,
                       .high = 1000,
                       .meaning = "runs that start a merge",
                       .worth_trying = {2, 4, 10}},
                      {.name = "A",
                       .fallback = 200,
                       .low = 1,
                       .high = 100'000,
                       .meaning = "percent of the oldest run that the newer ones may have",
                       .worth_trying = {50, 200}},
                      {.name = "P",
                       .fallback = 1,
                       .low = 0,
                       .high = 10'000,
                       .meaning = "percent that the next run of a merge may be larger than those before it",
                       .worth_trying = {1, 50}}},
       .rank = rank_universal,
       .plan = plan_stretch},
      {.name = "stcs",
       .what = "M or more neighbouring runs of similar size become one, the smallest first",
       .source = "Apache Cassandra, SizeTieredCompactionStrategy; here among neighbours in age",
       .parameters = {{.name = "M",
                       .fallback = 4,
                       .low = 2,
                       .high = 32,
                       .meaning = "runs of similar size that start a merge",
                       .worth_trying = {2, 4}}},
       .rank = rank_stcs,
       .plan = plan_stretch}};
}

}  // namespace mylonite
