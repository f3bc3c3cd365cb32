// Tiered policies: a level gathers runs, which are merged together into the next.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/compaction/policies.h"
#include "core/compaction/shape.h"

namespace mylonite {
namespace {

Ranking rank_tier(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint64_t most = view.options.runs_per_level_max;
  Ranking ranking{.expired = ExpiredTombstones::kToLastOlderData, .pressure = level0_limits(view, most)};
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    const std::size_t idle = level_inputs(view.levels, level, busy).size();
    if (idle >= most) {
      ranking.candidates.push_back({.trigger = ranking.triggers.size(),
                                    .place = {.level = level},
                                    .to_level = std::min(level + 1, last_level(view))});
    }
    ranking.triggers.push_back({.what = fmt::format("runs of level {}", level),
                                .score = static_cast<std::int64_t>(view.levels[level].runs.size()),
                                .reason = fmt::format("level {}: {} runs, {} start a merge", level, idle, most)});
  }
  return ranking;
}

// All runs of the level into a new run; in the last level into the place of the oldest.
PlannedJob plan_tier(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job;
  job.inputs = level_inputs(view.levels, candidate.place.level, busy_tables(view.running));
  job.to_level = candidate.to_level;
  if (job.to_level == candidate.place.level) job.into = job.inputs.back().run;
  return {.job = std::move(job)};
}

}  // namespace

CompactionPolicies tiered_policies() {
  return {{.name = "tier",
           .what = "a level that has gathered runs_per_level_max runs is merged into one new run of the next, so every "
                   "entry is rewritten once a level",
           .source = "Dayan & Idreos, Dostoevsky, SIGMOD 2018, section 2",
           .rank = rank_tier,
           .plan = plan_tier}};
}

}  // namespace mylonite
