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

// The Fluid LSM-tree: K runs in a level, Z in the last one with data. Each level below 0 holds T times the bytes of the
// one above (level_size_ratio), and each run its share of them.
//
// klsm has a number of runs for each level: K1, K2, K3, and K4 for all deeper ones.
struct FluidLevel {
  std::uint64_t bytes_max = 0;
  std::uint64_t runs_max = 1;
  std::uint64_t run_bytes_max() const { return bytes_max / runs_max; }
};

constexpr std::uint32_t kNamedLevels = 4;

FluidLevel fluid_level(const PolicyView& view, std::uint32_t level) {
  const bool by_level = view.parameters.front().name == "K1";
  std::string name = level >= lazy_last(view) ? "Z" : "K";
  if (by_level && name == "K") name += std::to_string(std::clamp(level, 1U, kNamedLevels));
  return {.bytes_max = level_target_bytes(view.options, level),
          .runs_max = static_cast<std::uint64_t>(view.parameter(name))};
}

// Level 0 is due with its first run. A level that holds its bytes goes down whole, deeper levels first, so there is
// room for what comes. Bytes may lack a thirtieth: entries that were merged are gone. Without a level 1 (max_levels),
// level 0 is merged in its place.
Ranking rank_fluid(const PolicyView& view) {
  constexpr std::uint64_t kShare = 30;
  const std::set<FileNumber> busy = busy_tables(view.running);
  Ranking ranking{.expired = ExpiredTombstones::kToLastOlderData, .pressure = level0_limits(view, 2)};
  for (auto level = static_cast<std::uint32_t>(view.levels.size()); level-- > 0;) {
    const std::uint64_t runs = level_inputs(view.levels, level, busy).size();
    if (level == 0) {
      const std::uint32_t below = std::min(1U, last_level(view));
      const std::uint64_t least = below == 0 ? 2 : 1;
      if (runs >= least) {
        ranking.candidates.push_back({.trigger = ranking.triggers.size(), .position = {.level = 0}, .to_level = below});
      }
      ranking.triggers.push_back(
          {.what = fmt::format("level 0: {} runs, {} start a merge", runs, least), .score = score_of(runs, least)});
      continue;
    }
    const FluidLevel limits = fluid_level(view, level);
    const std::uint64_t bytes = idle_bytes(view.levels, level, busy);
    const bool deepest = level == last_level(view);
    const std::int64_t by_bytes = deepest ? 0 : score_of(bytes, limits.bytes_max - limits.bytes_max / kShare);
    const std::int64_t score = std::max(by_bytes, score_of(runs, 2 * limits.runs_max));
    if (score >= kScoreUnit && (runs > 1 || by_bytes >= kScoreUnit)) {
      const bool in_place = by_bytes < kScoreUnit;
      ranking.candidates.push_back({.trigger = ranking.triggers.size(),
                                    .position = {.level = level},
                                    .to_level = in_place ? level : level + 1,
                                    .score = score});
    }
    std::string what = fmt::format("level {}: {} runs, {} start a merge", level, runs, 2 * limits.runs_max);
    if (!deepest) what += fmt::format("; {} bytes, {} do", bytes, limits.bytes_max - limits.bytes_max / kShare);
    ranking.triggers.push_back({.what = std::move(what), .score = score});
  }
  return ranking;
}

// What comes down joins the newest run of the level while that has room; else it is a new run.
PlannedJob plan_fluid(const PolicyView& view, const CompactionCandidate& candidate) {
  PlannedJob planned = plan_tier(view, candidate);
  CompactionJob& job = *planned.job;
  if (job.to_level == candidate.position.level) return planned;
  const FluidLevel limits = fluid_level(view, job.to_level);
  const std::span<const Run> below = runs_of(view.levels, job.to_level);
  std::uint64_t bytes = idle_bytes(view.levels, candidate.position.level, busy_tables(view.running));
  if (!below.empty()) {
    for (const TableInfo& table : below.front().tables) bytes += table.file_bytes;
  }
  if (!below.empty() && (bytes <= limits.run_bytes_max() || below.size() >= limits.runs_max)) {
    CompactionInput& active =
        job.inputs.emplace_back(CompactionInput{.level = job.to_level, .run = below.front().id, .tables = {}});
    for (const TableInfo& table : below.front().tables) active.tables.push_back(table.number);
    job.into = active.run;
  } else {
    job.move = job.inputs.size() == 1;
  }
  return planned;
}

PolicyParameter runs_of_level(const std::string& name, const std::string& meaning, std::int64_t fallback) {
  return {.name = name,
          .fallback = fallback,
          .low = 1,
          .high = 1000,
          .meaning = meaning,
          .worth_trying = {1, fallback == 1 ? 3 : fallback}};
}

CompactionPolicy klsm() {
  std::vector<PolicyParameter> parameters;
  for (std::uint32_t level = 1; level <= kNamedLevels; ++level) {
    const bool more = level == kNamedLevels;
    parameters.push_back(runs_of_level(fmt::format("K{}", level),
                                       fmt::format("runs of level {}{}", level, more ? " and of deeper ones" : ""),
                                       std::max(1, 10 >> level)));
  }
  parameters.push_back(runs_of_level("Z", "runs of the last level with data", 1));
  return {.name = "klsm",
          .what = "as fluid, with a number of runs for each level",
          .source =
              "Huynh et al., Endure, VLDB 2022: the K-LSM; by falling numbers also Dayan & Idreos, The "
              "Log-Structured Merge-Bush, SIGMOD 2019",
          .parameters = std::move(parameters),
          .rank = rank_fluid,
          .plan = plan_fluid};
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
       .plan = plan_lazy},
      {.name = "fluid",
       .what =
           "a level holds K runs, the last one Z; what comes down joins the newest run while it is below its share, "
           "and a level that holds its bytes goes down whole",
       .source = "Dayan & Idreos, Dostoevsky, SIGMOD 2018, section 4: the Fluid LSM-tree",
       .parameters = {{.name = "K",
                       .fallback = 3,
                       .low = 1,
                       .high = 1000,
                       .meaning = "runs of a level above the last one with data",
                       .worth_trying = {1, 3, 9}},
                      {.name = "Z",
                       .fallback = 1,
                       .low = 1,
                       .high = 1000,
                       .meaning = "runs of the last level",
                       .worth_trying = {1, 3}}},
       .rank = rank_fluid,
       .plan = plan_fluid},
      klsm()};
}

}  // namespace mylonite
