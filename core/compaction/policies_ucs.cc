// Unified compaction: runs are of a level by the density of their keys, and cells are merged
// (core/compaction/run_list.h).
#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/base/fixed_point.h"
#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

struct Scaling {
  std::uint64_t fan = 2;      // f: how many times denser the runs of the next level are
  std::uint64_t overlap = 2;  // t: the overlapping tables of a level that start a merge
};

Scaling scaling_of(std::int64_t w) {
  const auto size = static_cast<std::uint64_t>(w < 0 ? -w : w) + 2;
  return {.fan = size, .overlap = w < 0 ? 2 : size};
}

// The bytes that the run would have if it covered the keys of the largest run as densely as it covers its own.
std::uint64_t density(const ListedRun& run, const ListedRun& largest) {
  std::uint64_t covered = 0;
  std::size_t first_free = 0;
  const std::vector<TableInfo>& all = largest.run->tables;
  for (const TableInfo& table : run.run->tables) {
    for (std::size_t i = first_free; i < all.size() && !ends_before(key_range(table), key_range(all[i])); ++i) {
      first_free = i;
      if (ends_before(key_range(all[i]), key_range(table))) continue;
      covered += all[i].file_bytes;
      first_free = i + 1;
    }
  }
  if (covered == 0) return run.bytes;
  return multiply_divide(run.bytes, largest.bytes, covered);
}

// How often `bytes` can be divided by the fan until it is no more than what a flush makes.
std::uint64_t density_level(std::uint64_t bytes, std::uint64_t flush, std::uint64_t fan) {
  std::uint64_t level = 0;
  for (std::uint64_t rest = bytes / std::max<std::uint64_t>(flush, 1); rest >= fan; rest /= fan) ++level;
  return level;
}

// The neighbours of each level. An older run counts as of its newer neighbours' level, if its own is lower: so levels
// rise with age.
std::vector<Stretch> density_levels(const PolicyView& view, const std::vector<ListedRun>& list, std::uint64_t fan) {
  std::vector<Stretch> levels;
  if (list.empty()) return levels;
  const ListedRun& largest = *std::ranges::max_element(list, {}, &ListedRun::bytes);
  const std::uint64_t flush = view.options.memtable_max_bytes / 2;  // its table, at least about
  std::uint64_t level = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint64_t own = density_level(density(list[i], largest), flush, fan);
    if (levels.empty() || own > level) levels.push_back({.first = i, .count = 0});
    level = std::max(level, own);
    ++levels.back().count;
  }
  return levels;
}

// The level with most overlapping tables first, of equal ones the newest.
Ranking rank_ucs(const PolicyView& view) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const Scaling scaling = scaling_of(view.parameter("W"));
  Ranking ranking = list_ranking(view, 10 * scaling.overlap);
  for (const Stretch& each : density_levels(view, list, scaling.fan)) {
    const RunList runs = RunList(list).subspan(each.first, each.count);
    // Of many runs those that hardly overlap are merged as well: writers would wait for them for ever.
    const bool crowded = each.count >= 4 * scaling.overlap;
    add_cells(runs, crowded ? 1 : scaling.overlap, ranking);
    ranking.triggers.push_back({.what = fmt::format("{} runs from {} bytes on, {} start a merge", each.count,
                                                    list[each.first].bytes, scaling.overlap),
                                .score = score_of(each.count, scaling.overlap)});
  }
  std::ranges::stable_sort(ranking.candidates, std::ranges::greater(), &CompactionCandidate::score);
  return ranking;
}

// The number of shards for so many bytes in a run: the more bytes, the more, but fewer than in proportion.
std::uint64_t shards_for(const PolicyView& view, std::uint64_t bytes) {
  const auto base = static_cast<std::uint64_t>(view.parameter("B"));
  const std::uint64_t target = std::max<std::uint64_t>(view.options.sstable_max_bytes, 1);
  if (bytes < target * base) return std::clamp<std::uint64_t>(std::bit_floor(10 * bytes / target), 1, base);
  constexpr std::uint64_t kHalf = 1 << 15;
  const std::uint64_t doublings = log2_q16(bytes / target / base);
  const auto growing = 100 - static_cast<std::uint64_t>(view.parameter("G"));
  return base << std::min<std::uint64_t>((doublings * growing / 100 + kHalf) >> 16, 20);
}

PlannedJob plan_ucs(const PolicyView& view, const CompactionCandidate& candidate) {
  const std::vector<ListedRun> list = list_of(view.levels);
  const RunList runs = runs_of_candidate(list, candidate);
  CompactionJob job = merge_cell(runs, cell_of(runs, candidate));
  std::uint64_t bytes = 0;
  for (const ListedRun& run : runs) bytes += run.bytes;
  job.cuts = even_cuts(view.levels, shards_for(view, bytes));
  return {.job = std::move(job)};
}

}  // namespace

CompactionPolicies ucs_policies() {
  return {
      {.name = "ucs",
       .what =
           "runs are of a level by the density of their keys; where as many of a level overlap as the scaling allows "
           "they become one: W > 0 tiers (W + 2 of them), W < 0 levels (2 - W times denser)",
       .source = "Apache Cassandra, UnifiedCompactionStrategy.md; shards end where tables of the largest run begin",
       .parameters = {{.name = "W",
                       .fallback = 2,
                       .low = -100,
                       .high = 100,
                       .meaning = "scaling: 2 is T4, -8 is L10",
                       .worth_trying = {-8, 0, 2}},
                      {.name = "B",
                       .fallback = 1,
                       .low = 1,
                       .high = 1024,
                       .meaning = "shards of a run of B times sstable_max_bytes (Cassandra: 4)",
                       .worth_trying = {1, 4}},
                      {.name = "G",
                       .fallback = 100,
                       .low = 0,
                       .high = 100,
                       .meaning =
                           "percent of growth beyond it that makes shards larger instead of more (Cassandra: 33)",
                       .worth_trying = {33, 100}}},
       .rank = rank_ucs,
       .plan = plan_ucs}};
}

}  // namespace mylonite
