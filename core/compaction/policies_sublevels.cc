// Leveling with a level 0 that is merged in slices of the key space. Flushes cut their tables at common keys, so tables
// stack up there, and the highest stack goes down alone.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/leveled.h"
#include "core/compaction/policies.h"
#include "core/compaction/run_list.h"

namespace mylonite {
namespace {

// The tables of level 0 over the deepest key, newest run first.
std::vector<CompactionInput> deepest_stack(const PolicyView& view, const std::set<FileNumber>& busy) {
  const Depth depth = depth_of(view.levels, 0, busy);
  std::vector<CompactionInput> stack;
  for (const Run& run : runs_of(view.levels, 0)) {
    for (const TableInfo& table : overlapping(run, {.low = depth.key, .high = depth.key})) {
      if (!busy.contains(table.number)) stack.push_back({.level = 0, .run = run.id, .tables = {table.number}});
    }
  }
  return stack;
}

// As lo1 below level 0. Of level 0 there is one candidate, at the place that its score gives it.
Ranking rank_sublevels(const PolicyView& view) {
  LevelTargets targets = fixed_targets(view);
  targets.ranks_level0 = false;
  Ranking ranking = rank_leveled(view, &kLeastOverlap, targets);
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint32_t below = std::min(1U, last_level(view));
  const auto most = std::max<std::uint64_t>(static_cast<std::uint64_t>(view.parameter("S")), below == 0 ? 2 : 1);
  ranking.pressure = level0_limits(view, most);
  ranking.pressure->by_depth = true;
  ranking.flush_cuts = even_cuts(view.levels, static_cast<std::uint64_t>(view.parameter("P")));
  const std::uint64_t depth = depth_of(view.levels, 0, busy).tables;
  const std::int64_t score = score_of(depth, most);
  if (score >= kScoreUnit) {
    const auto after = std::ranges::find_if(ranking.candidates, [&](const CompactionCandidate& each) {
      return ranking.triggers[each.trigger].score < score;
    });
    ranking.candidates.insert(after, {.kind = CompactionCandidate::Kind::kOther,
                                      .trigger = ranking.triggers.size(),
                                      .position = {.level = 0},
                                      .to_level = below,
                                      .score = static_cast<std::int64_t>(depth)});
  }
  ranking.triggers.push_back(
      {.what = fmt::format("level 0: {} runs over one key, {} start a merge", depth, most), .score = score});
  return ranking;
}

PlannedJob plan_sublevels(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job = candidate.position.level > 0 ? push_down(view, candidate)
                                                   : push_down(view, deepest_stack(view, busy_tables(view.running)),
                                                               {.to_level = candidate.to_level});
  if (!job.move) job.overlap_bytes_max = 10 * view.options.sstable_max_bytes;
  return {.job = std::move(job)};
}

}  // namespace

CompactionPolicies sublevel_policies() {
  return {{.name = "sublevel_l0",
           .what =
               "as lo1, but level 0 in slices: flushes end tables at the same keys, and where S runs have tables over "
               "one key, these go down alone",
           .source = "Pebble, level-0 sublevels (l0_sublevels.go); here without merges within level 0",
           .parameters = {{.name = "S",
                           .fallback = 2,
                           .low = 1,
                           .high = 1000,
                           .meaning = "runs over one key that start a merge",
                           .worth_trying = {1, 2, 4}},
                          {.name = "P",
                           .fallback = 4,
                           .low = 1,
                           .high = 1000,
                           .meaning = "slices of the key space: where flushes end tables",
                           .worth_trying = {1, 2, 8}}},
           .rank = rank_sublevels,
           .plan = plan_sublevels}};
}

}  // namespace mylonite
