// Leveled policies: each level below 0 is one run, and a level above its target merges data into the next.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/compaction/policies.h"

namespace mylonite {
namespace {

struct DueLevel {
  std::uint32_t level = 0;
  std::int64_t score = 0;  // due from kScoreUnit on
  std::string trigger;
  bool too_many_runs = false;  // more than the one run that leveling allows, left by another policy or other options
};

// Runs of level 0 that start a merge: one more where there is no level below to take it.
std::uint64_t level0_trigger(const PolicyView& view) {
  return last_level(view) == 0 ? std::max<std::uint64_t>(view.options.level0_compact_runs, 2)
                               : view.options.level0_compact_runs;
}

// Level 0: the greater of runs / level0_compact_runs and bytes / compaction_threshold_bytes.
DueLevel score_level0(const PolicyView& view, const std::set<FileNumber>& busy) {
  const std::vector<CompactionInput> idle = level_inputs(view.levels, 0, busy);
  std::uint64_t bytes = 0;
  for (const Run& run : runs_of(view.levels, 0)) {
    for (const TableInfo& table : run.tables) bytes += busy.contains(table.number) ? 0 : table.file_bytes;
  }
  const std::uint64_t trigger = level0_trigger(view);
  const std::int64_t by_runs = score_of(idle.size(), trigger);
  const std::int64_t by_bytes = last_level(view) == 0 ? 0 : score_of(bytes, view.options.compaction_threshold_bytes);
  if (by_runs >= by_bytes) {
    return {.level = 0,
            .score = by_runs,
            .trigger = fmt::format("level 0: {} runs, {} start a merge", idle.size(), trigger)};
  }
  return {
      .level = 0,
      .score = by_bytes,
      .trigger = fmt::format("level 0: {} bytes, {} start a merge", bytes, view.options.compaction_threshold_bytes)};
}

// Deeper levels: compensated bytes of idle tables / target, or the number of runs. The last level has no target.
DueLevel score_deeper(const PolicyView& view, const std::set<FileNumber>& busy, std::uint32_t level) {
  std::uint64_t bytes = 0;
  std::uint64_t runs = 0;
  for (const Run& run : runs_of(view.levels, level)) {
    bool idle = false;
    for (const TableInfo& table : run.tables) {
      if (busy.contains(table.number)) continue;
      bytes += compensated_bytes(table);
      idle = true;
    }
    runs += idle ? 1 : 0;
  }
  const std::uint64_t target = level_target_bytes(view.options, level);
  DueLevel due{.level = level, .score = level == last_level(view) ? 0 : score_of(bytes, target), .trigger = {}};
  due.trigger = fmt::format("level {}: {} bytes, {} are the target", level, bytes, target);
  if (runs > 1) {
    due.too_many_runs = true;
    due.score = std::max(due.score, score_of(runs, 1));
    due.trigger = fmt::format("level {}: {} runs, leveling allows 1", level, runs);
  }
  return due;
}

// Every level with its score, highest first; of equal scores the upper level first.
std::vector<DueLevel> level_scores(const PolicyView& view, const std::set<FileNumber>& busy) {
  std::vector<DueLevel> levels;
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    levels.push_back(level == 0 ? score_level0(view, busy) : score_deeper(view, busy, level));
  }
  std::ranges::stable_sort(levels, std::ranges::greater(), &DueLevel::score);
  return levels;
}

// One candidate for each table of the level; the least overlap in proportion to the table's size comes first.
void rank_tables(const PolicyView& view, const std::set<FileNumber>& busy, CompactionCandidate of, Ranking& ranking) {
  struct Table {
    CompactionCandidate candidate;
    std::string_view low;
  };
  std::vector<Table> tables;
  of.kind = CompactionCandidate::Kind::kTable;
  for (const Run& run : runs_of(view.levels, of.position.level)) {
    of.position.run = run.id;
    for (const TableInfo& table : run.tables) {
      if (busy.contains(table.number)) continue;
      const KeyRange range = key_range(table);
      of.table = &table;
      of.score = score_of(overlapping_bytes(view.levels, of.to_level, range), compensated_bytes(table));
      tables.push_back({.candidate = of, .low = range.low});
    }
  }
  std::ranges::sort(tables, [](const Table& a, const Table& b) {
    return std::tuple(a.candidate.score, a.low, a.candidate.table->number) <
           std::tuple(b.candidate.score, b.low, b.candidate.table->number);
  });
  for (const Table& each : tables) ranking.candidates.push_back(each.candidate);
}

enum class Parts : std::uint8_t { kLevels, kTables };

// Due levels by score. A level with several runs is first merged into one.
Ranking rank_leveled(const PolicyView& view, Parts parts) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint32_t last = last_level(view);
  Ranking ranking;
  ranking.pressure = level0_limits(view, level0_trigger(view));
  for (DueLevel& due : level_scores(view, busy)) {
    CompactionCandidate level{.trigger = ranking.triggers.size(), .position = {.level = due.level}, .score = due.score};
    const bool in_place = due.too_many_runs || due.level == last;
    level.to_level = in_place ? due.level : due.level + 1;
    ranking.triggers.push_back({.what = std::move(due.trigger), .score = due.score, .measure = "overlap ratio"});
    if (due.score < kScoreUnit) continue;
    if (parts == Parts::kTables && due.level > 0 && !due.too_many_runs) {
      rank_tables(view, busy, level, ranking);
    } else {
      ranking.candidates.push_back(level);
    }
  }
  return ranking;
}

// While level 0 is due but waits for running jobs below it, level 1 starts no new jobs.
Ranking rank_one_lvl(const PolicyView& view) {
  Ranking ranking = rank_leveled(view, Parts::kTables);
  const std::set<FileNumber> busy = busy_tables(view.running);
  const bool merging = std::ranges::any_of(runs_of(view.levels, 0), [&](const Run& run) {
    return std::ranges::any_of(run.tables, [&](const TableInfo& table) { return busy.contains(table.number); });
  });
  for (CompactionCandidate& each : ranking.candidates) {
    if (each.position.level == 0 && !merging) each.holds_back = 1;
  }
  return ranking;
}

// Merges every table of both levels.
PlannedJob plan_full(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job = push_down(view, candidate);
  if (job.to_level == candidate.position.level || job.move) return {.job = std::move(job)};
  job.inputs = level_inputs(view.levels, candidate.position.level, busy_tables(view.running));
  for (CompactionInput& below : level_inputs(view.levels, job.to_level, {})) job.inputs.push_back(std::move(below));
  job.overlap_bytes_max = 0;
  return {.job = std::move(job)};
}

}  // namespace

CompactionPolicies leveled_policies() {
  return {
      {.name = "one_lvl",
       .what = "level 0 whole into level 1, below one table at a time: that of the highest-scored level that overlaps "
               "least for its size",
       .source = "O'Neil et al., The Log-Structured Merge-Tree, 1996; partial leveling as in Sarkar et al., "
                 "Constructing and Analyzing the LSM Compaction Design Space, VLDB 2021",
       .rank = rank_one_lvl},
      {.name = "full",
       .what = "a level beyond its target is merged with the whole of the next one",
       .source = "O'Neil et al., 1996, in the form that Sarkar et al., VLDB 2021, call full compaction",
       .rank = [](const PolicyView& view) { return rank_leveled(view, Parts::kLevels); },
       .plan = plan_full},
  };
}

}  // namespace mylonite
