// Leveled policies: each level below 0 is one run, and a level above its target merges data into the next.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/base/fixed_point.h"
#include "core/compaction/leveled.h"
#include "core/compaction/policies.h"

namespace mylonite {
namespace {

// Merges every table of both levels.
PlannedJob plan_full(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job = push_down(view, candidate);
  if (job.to_level == candidate.position.level || job.move) return {.job = std::move(job)};
  job.inputs = level_inputs(view.levels, candidate.position.level, busy_tables(view.running));
  for (CompactionInput& below : level_inputs(view.levels, job.to_level, {})) job.inputs.push_back(std::move(below));
  job.overlap_bytes_max = 0;
  job.aligned = false;
  return {.job = std::move(job)};
}

// push_down, with the policy's own limit of what an output table may overlap further below.
PlannedJob plan_with_limit(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job = push_down(view, candidate);
  if (!job.move) {
    job.overlap_bytes_max = static_cast<std::uint64_t>(view.parameter("G")) * view.options.sstable_max_bytes;
  }
  return {.job = std::move(job)};
}

PlannedJob plan_next_key(const PolicyView& view, const CompactionCandidate& candidate) {
  PlannedJob planned = plan_with_limit(view, candidate);
  planned.next_state = next_cursors(view, candidate);
  return planned;
}

// Three levels at once, if what is written for a byte of the upper ones is no more than with two.
PlannedJob plan_three_levels(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob two = push_down(view, candidate);
  const std::uint32_t below = candidate.to_level + 1;
  if (candidate.position.level == 0 || candidate.to_level == candidate.position.level || two.move ||
      below >= view.levels.size()) {
    return {.job = std::move(two)};
  }
  CompactionCandidate deeper = candidate;
  deeper.to_level = below;
  CompactionJob three = push_down(view, deeper);
  const std::int64_t cost_of_two = score_of(input_bytes(view.levels, two.inputs, candidate.to_level),
                                            input_bytes(view.levels, two.inputs, candidate.position.level));
  const std::int64_t cost_of_three = score_of(input_bytes(view.levels, three.inputs, below),
                                              input_bytes(view.levels, three.inputs, candidate.to_level));
  return {.job = cost_of_three <= cost_of_two ? std::move(three) : std::move(two)};
}

// Tombstones of a table in the level must have left it at this age. The levels above the deepest one, which drops them,
// share the whole time in proportion to their sizes.
std::uint64_t deadline_ticks(const PolicyView& view, std::uint32_t level) {
  const std::uint64_t ratio = view.options.level_size_ratio;
  const auto all = static_cast<std::uint64_t>(view.parameter("D")) * (kTicksPerSecond / 1000);
  std::uint64_t sizes = 0;
  std::uint64_t sizes_so_far = 0;
  std::uint64_t size = 1;
  for (std::uint32_t i = 0; i + 1 < view.levels.size(); ++i) {
    sizes += size;
    if (i <= level) sizes_so_far += size;
    size = size > UINT64_MAX / ratio / kLevelsMax ? size : size * ratio;
  }
  return multiply_divide(all, sizes_so_far, sizes);
}

// Tables beyond their deadlines first, the most overdue one first; then as one_lvl.
Ranking rank_fade(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  Ranking ranking = rank_partial(view, kLeastOverlap, fixed_targets(view));
  std::vector<CompactionCandidate> expired;
  for (std::uint32_t level = 0; level + 1 < view.levels.size(); ++level) {
    const std::uint64_t allowed_ticks = deadline_ticks(view, level);
    for (const Run& run : view.levels[level].runs) {
      for (const TableInfo& table : run.tables) {
        if (table.oldest_tombstone == kTimestampMax || busy.contains(table.number)) continue;
        const Timestamp due{table.oldest_tombstone.ticks + allowed_ticks};
        if (due > view.now) {
          if (!ranking.wake_at || due < *ranking.wake_at) ranking.wake_at = due;
          continue;
        }
        expired.push_back({.kind = CompactionCandidate::Kind::kTable,
                           .trigger = ranking.triggers.size(),
                           .position = {.level = level, .run = run.id},
                           .table = &table,
                           .to_level = level + 1,
                           .score = static_cast<std::int64_t>((view.now.ticks - due.ticks) * 1000 / kTicksPerSecond)});
      }
    }
  }
  ranking.triggers.push_back({.what = fmt::format("deadlines: {} tables hold tombstones for too long", expired.size()),
                              .score = static_cast<std::int64_t>(expired.size()) * kScoreUnit,
                              .measure = "milliseconds late"});
  std::ranges::stable_sort(expired, std::ranges::greater(), &CompactionCandidate::score);
  ranking.candidates.insert(ranking.candidates.begin(), expired.begin(), expired.end());
  return ranking;
}

// As one_lvl; then tables on which reads were wasted as often as their bytes allow, the most wasted first.
Ranking rank_read_trig(const PolicyView& view) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const auto bytes_a_read = static_cast<std::uint64_t>(view.parameter("B"));
  const auto least = static_cast<std::uint64_t>(view.parameter("M"));
  Ranking ranking = rank_partial(view, kLeastOverlap, fixed_targets(view));
  std::vector<CompactionCandidate> spent;
  for (std::uint32_t level = 0; level + 1 < view.levels.size(); ++level) {
    for (const Run& run : view.levels[level].runs) {
      for (const TableInfo& table : run.tables) {
        const std::uint64_t wasted = view.reads_of(table.number).wasted;
        if (wasted < std::max(least, table.file_bytes / bytes_a_read) || busy.contains(table.number)) continue;
        spent.push_back({.kind = CompactionCandidate::Kind::kTable,
                         .trigger = ranking.triggers.size(),
                         .position = {.level = level, .run = run.id},
                         .table = &table,
                         .to_level = level + 1,
                         .score = static_cast<std::int64_t>(wasted)});
      }
    }
  }
  ranking.triggers.push_back({.what = fmt::format("reads: {} tables were looked into in vain too often", spent.size()),
                              .score = static_cast<std::int64_t>(spent.size()) * kScoreUnit,
                              .measure = "reads in vain"});
  std::ranges::stable_sort(spent, std::ranges::greater(), &CompactionCandidate::score);
  ranking.candidates.insert(ranking.candidates.end(), spent.begin(), spent.end());
  return ranking;
}

// A table beyond its deadline is rewritten even where it could move: only a merge drops tombstones.
PlannedJob plan_fade(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job = push_down(view, candidate);
  if (candidate.table != nullptr && candidate.table->oldest_tombstone != kTimestampMax) job.move = false;
  return {.job = std::move(job)};
}

// A policy that differs from one_lvl in the table that it takes.
struct PolicyText {
  std::string name;
  std::string table;  // which one it takes
  std::string source;
};
CompactionPolicy partial(const PolicyText& text, const Movement& movement,
                         PlannedJob (*plan)(const PolicyView&, const CompactionCandidate&) = plan_with_limit) {
  return {.name = text.name,
          .what = "as one_lvl, but of a due level " + text.table,
          .source = text.source,
          .parameters = {{.name = "G",
                          .fallback = 10,
                          .low = 0,
                          .high = 1000,
                          .meaning = "an output table overlaps at most so many tables two levels below; 0: any number",
                          .worth_trying = {0, 10}}},
          .rank = [&movement](const PolicyView& view) { return rank_partial(view, movement, fixed_targets(view)); },
          .plan = plan};
}

CompactionPolicy cold() {
  CompactionPolicy row =
      partial({"cold", "the one that fewest reads looked into",
               "Sarkar et al., VLDB 2021: coldest; here by counted reads, which halve with each flush"},
              kFewestReads);
  row.counts_reads = true;
  return row;
}

CompactionPolicy tsd() {
  CompactionPolicy row =
      partial({"tsd", "the one with most tombstones for its entries, from F percent on; else that of least overlap",
               "Sarkar et al., VLDB 2021: tombstone density; the floor as Pebble's, of entries instead of blocks"},
              kDensestTombstones);
  row.parameters.push_back({.name = "F",
                            .fallback = 10,
                            .low = 0,
                            .high = 100,
                            .meaning = "percent of a table's entries, below which tombstones do not count",
                            .worth_trying = {0, 10}});
  return row;
}

CompactionPolicy read_trig() {
  return {
      .name = "read_trig",
      .what =
          "as one_lvl; besides, a table goes down when reads looked into it first and in vain, once for each B bytes "
          "of it and at least M times",
      .source = "LevelDB, seek compactions (version_set.cc, allowed_seeks)",
      .parameters = {{.name = "B",
                      .fallback = 16384,
                      .low = 1,
                      .high = 1'000'000'000,
                      .meaning = "bytes of a table for each read in vain that it may have",
                      .worth_trying = {1, 16384}},
                     {.name = "M",
                      .fallback = 100,
                      .low = 1,
                      .high = 1'000'000'000,
                      .meaning = "reads in vain that any table may have",
                      .worth_trying = {1, 100}}},
      .counts_reads = true,
      .rank = rank_read_trig};
}

}  // namespace

CompactionPolicies leveled_policies() {
  return {
      {.name = "one_lvl",
       .what = "level 0 whole into level 1, below one table at a time: that of the highest-scored level that overlaps "
               "least for its size",
       .source = "O'Neil et al., The Log-Structured Merge-Tree, 1996; partial leveling as in Sarkar et al., "
                 "Constructing and Analyzing the LSM Compaction Design Space, VLDB 2021",
       .rank = [](const PolicyView& view) { return rank_partial(view, kLeastOverlap, fixed_targets(view)); }},
      {.name = "full",
       .what = "a level beyond its target is merged with the whole of the next one",
       .source = "O'Neil et al., 1996, in the form that Sarkar et al., VLDB 2021, call full compaction",
       .rank = [](const PolicyView& view) { return rank_leveled(view, nullptr, fixed_targets(view)); },
       .plan = plan_full},
      partial({"lo2", "the table that overlaps least two levels below",
               "Sarkar et al., VLDB 2021: least overlap with the grandparent, LO+2"},
              kLeastGrandparents),
      partial({"rr", "the next one in key order, behind the last one that moved",
               "LevelDB, and RocksDB's kRoundRobin; Sarkar et al., VLDB 2021: round robin"},
              kNextKey, plan_next_key),
      partial({"old_small", "the one with the oldest entry",
               "RocksDB, kOldestSmallestSeqFirst of CompactionPri; Sarkar et al., VLDB 2021: oldest"},
              kOldestOldest),
      partial({"old_large", "the one whose newest entry is oldest",
               "RocksDB, kOldestLargestSeqFirst of CompactionPri; Sarkar et al., VLDB 2021: coldest"},
              kOldestNewest),
      partial({"lo1", "the one that overlaps least in the next level, for its size",
               "RocksDB, kMinOverlappingRatio of CompactionPri; Sarkar et al., VLDB 2021: least overlap, LO+1"},
              kLeastOverlap),
      partial({"refined_mor",
               "the one before the table that overlaps most, of those that overlap at most 5 % more than the least",
               "BU-DiSC, rocksdb-for-partial-compaction-analysis: refined minimum overlapping ratio"},
              kLeastOverlapThenNext),
      partial({"random", "any one, by a draw", "Sarkar et al., VLDB 2021: random"}, kRandom),
      cold(),
      tsd(),
      read_trig(),
      {.name = "one_lvl_dyn",
       .what = "as one_lvl, with targets from the data: each level holds a level_size_ratio-th of the one below, and "
               "level 0 goes to the first level whose share is at most compaction_threshold_bytes",
       .source = "RocksDB, level_compaction_dynamic_level_bytes; Dong et al., Optimizing Space Amplification in "
                 "RocksDB, CIDR 2017",
       .rank = [](const PolicyView& view) { return rank_partial(view, kLeastOverlap, targets_from_below(view)); }},
      {.name = "multilevel",
       .what = "as one_lvl, but a merge takes in a third level where this costs no more for a byte of the upper levels",
       .source = "Pebble, multilevel compactions (compaction_picker.go) with a propensity of 0",
       .rank = [](const PolicyView& view) { return rank_partial(view, kLeastOverlap, fixed_targets(view)); },
       .plan = plan_three_levels},
      {.name = "fade",
       .what = "as one_lvl, but first tables whose tombstones are beyond their level's share of D milliseconds",
       .source = "Sarkar et al., Lethe, SIGMOD 2020: FADE",
       .parameters = {{.name = "D",
                       .fallback = 86'400'000,
                       .low = 1,
                       .high = 1'000'000'000'000,
                       .meaning =
                           "milliseconds within which a tombstone reaches the deepest level, while merges keep up",
                       .worth_trying = {1, 1000}}},
       .rank = rank_fade,
       .plan = plan_fade},
  };
}

}  // namespace mylonite
