// A compaction policy of a program's own, without touching the engine: a function that ranks what could be merged, and
// a row that names it. Public headers only. `own_policy.cc` opens a store with it, `own_policy_sim.cc` and
// `own_policy_lab.cc` are the simulator and the laboratory with it.
//
// The policy: a level that holds more than `tables` tables goes down as a whole. Each level may hold four times as many
// as the one above.
#pragma once

#include <string>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>

namespace own_policy {

inline mylonite::Ranking rank(const mylonite::PolicyView& view) {
  mylonite::Ranking ranking{.pressure = mylonite::kNoPressure};  // writers never wait for this policy
  std::int64_t limit = view.parameter("tables");
  for (std::uint32_t level = 0; level + 1 < view.options.max_levels && level < view.levels.size(); ++level) {
    std::int64_t tables = 0;
    for (const mylonite::Run& run : view.levels[level].runs) tables += static_cast<std::int64_t>(run.tables.size());
    const std::int64_t score = tables * mylonite::kScoreUnit / limit;
    ranking.triggers.push_back({.what = "level " + std::to_string(level) + " overflows", .score = score});
    if (tables > limit) {
      ranking.candidates.push_back({.trigger = level, .position = {.level = level}, .to_level = level + 1});
    }
    limit *= 4;
  }
  return ranking;
}

inline mylonite::CompactionPolicies policies() {
  mylonite::CompactionPolicies all = mylonite::standard_policies();
  all.push_back({.name = "overflow",
                 .what = "a level with too many tables goes down as a whole",
                 .parameters = {{.name = "tables",
                                 .fallback = 4,
                                 .low = 1,
                                 .high = 1000,
                                 .meaning = "that level 0 may hold",
                                 .worth_trying = {1, 2, 8}}},
                 .rank = rank});
  return all;
}

}  // namespace own_policy
