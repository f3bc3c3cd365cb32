// Tiered policies: a level collects runs, which are merged together into the next level.
#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/policies.h"

namespace mylonite {
namespace {

std::uint64_t idle_bytes(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy) {
  std::uint64_t bytes = 0;
  for (const Run& run : runs_of(levels, level)) {
    for (const TableInfo& table : run.tables) bytes += busy.contains(table.number) ? 0 : table.file_bytes;
  }
  return bytes;
}

Ranking rank_tier(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint64_t most = view.options.runs_per_level_max;
  Ranking ranking{.expired = ExpiredTombstones::kToLastOlderData, .pressure = level0_limits(view, most)};
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    const std::size_t idle = level_inputs(view.levels, level, busy).size();
    if (idle >= most) {
      ranking.candidates.push_back({.trigger = ranking.triggers.size(),
                                    .position = {.level = level},
                                    .to_level = std::min(level + 1, last_level(view))});
    }
    ranking.triggers.push_back(
        {.what = fmt::format("level {}: {} runs, {} start a merge", level, idle, most), .score = score_of(idle, most)});
  }
  return ranking;
}

// Merges all runs of the level into a new run; in the last level, into the place of the oldest.
PlannedJob plan_tier(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job;
  job.inputs = level_inputs(view.levels, candidate.position.level, busy_tables(view.running));
  job.to_level = candidate.to_level;
  if (job.to_level == candidate.position.level) job.into = job.inputs.back().run;
  return {.job = std::move(job)};
}

// The last level is the deepest that holds data, a single run. Level 0 is not the last if there is a level below it.
std::uint32_t lazy_last(const PolicyView& view) {
  std::uint32_t deepest = 0;
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    if (!view.levels[level].runs.empty()) deepest = level;
  }
  return std::max(deepest, std::min(1U, last_level(view)));
}

// A level is full when it holds T runs or its share of bytes; then all its runs are merged down together. Bytes alone
// fill the last level; it then becomes the last but one.
Ranking rank_lazy(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const auto ratio = static_cast<std::uint64_t>(view.parameter("T"));
  const std::uint32_t last = lazy_last(view);
  Ranking ranking{.expired = ExpiredTombstones::kToLastOlderData, .pressure = level0_limits(view, ratio)};
  std::uint64_t target = view.options.compaction_threshold_bytes;  // of levels 0 and 1; each deeper one T times as much
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    if (level > 1) target = target > UINT64_MAX / ratio ? UINT64_MAX : target * ratio;
    const std::uint64_t runs = level_inputs(view.levels, level, busy).size();
    const std::uint64_t runs_max = level > 0 && level == last ? 2 : ratio;
    const std::uint64_t bytes = idle_bytes(view.levels, level, busy);
    const bool deepest = level == last_level(view);
    const std::int64_t by_runs = score_of(runs, runs_max);
    const std::int64_t score = deepest ? by_runs : std::max(by_runs, score_of(bytes, target));
    if (score >= kScoreUnit) {
      const bool in_place = deepest || (level == last && by_runs >= kScoreUnit);
      ranking.candidates.push_back({.trigger = ranking.triggers.size(),
                                    .position = {.level = level},
                                    .to_level = in_place ? level : level + 1,
                                    .score = score});
    }
    std::string what = fmt::format("level {}: {} runs, {} start a merge", level, runs, runs_max);
    if (!deepest) what += fmt::format("; {} bytes, {} do", bytes, target);
    ranking.triggers.push_back({.what = std::move(what), .score = score});
  }
  std::ranges::stable_sort(ranking.candidates, std::ranges::greater(), &CompactionCandidate::score);
  return ranking;
}

// Merges into the last level's run; above the last level, into a new run, by a move if there is only one run.
PlannedJob plan_lazy(const PolicyView& view, const CompactionCandidate& candidate) {
  if (candidate.to_level >= lazy_last(view)) return {};
  PlannedJob planned = plan_tier(view, candidate);
  planned.job->move = planned.job->inputs.size() == 1;
  return planned;
}

}  // namespace

CompactionPolicies tiered_policies() {
  return {
      {.name = "tier",
       .what = "a level that has gathered runs_per_level_max runs is merged into one new run of the next, so every "
               "entry is rewritten once a level",
       .source = "Dayan & Idreos, Dostoevsky, SIGMOD 2018, section 2",
       .rank = rank_tier,
       .plan = plan_tier},
      {.name = "lazy",
       .what = "tiering above, leveling in the deepest level with data: a level that holds T runs, or its bytes, is "
               "merged whole into a new run of the next, or into the last level's only run",
       .source = "Dayan & Idreos, Dostoevsky, SIGMOD 2018, section 4: Lazy Leveling, the Fluid LSM-tree of K = T - 1 "
                 "and Z = 1",
       .parameters = {{.name = "T",
                       .fallback = 10,
                       .low = 2,
                       .high = 1000,
                       .meaning = "size ratio of neighbouring levels, and the runs that fill a level",
                       .worth_trying = {2, 4, 10}}},
       .rank = rank_lazy,
       .plan = plan_lazy}};
}

}  // namespace mylonite
