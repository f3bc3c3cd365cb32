// Leveled policies: each level below 0 is one run, and a level above its target merges data into the next.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
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

// Which table of a due level is taken: the one of the least score; of equal ones that of the least tie, then of the
// smallest key.
struct TableScore {
  std::int64_t score = 0;
  std::int64_t tie = 0;
};
// The last key that the level has moved, as cursor_text(); empty: none yet.
using Cursor = std::optional<std::string>;
struct Movement {
  std::string_view measure;  // of the scores, for reasons
  TableScore (*score)(const PolicyView&, const CompactionCandidate& of, const TableInfo&, const Cursor&);
};

std::int64_t overlap_ratio(const PolicyView& view, std::uint32_t level, const TableInfo& table) {
  return score_of(overlapping_bytes(view.levels, level, key_range(table)), compensated_bytes(table));
}

// The cursors of the levels, as in "1=6b6579 2=61": user keys in hexadecimal.
using Cursors = std::map<std::uint32_t, std::string>;

Cursors cursors_of(std::string_view state) {
  Cursors cursors;
  while (!state.empty()) {
    const std::string_view word = state.substr(0, state.find(' '));
    state.remove_prefix(std::min(word.size() + 1, state.size()));
    const std::size_t equals = word.find('=');
    std::uint32_t level = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + std::min(equals, word.size()), level);
    if (error == std::errc() && equals != std::string_view::npos) cursors[level] = word.substr(equals + 1);
  }
  return cursors;
}

// Compares as the keys do. Of a long key the beginning is enough: what lies behind it is only taken earlier.
std::string cursor_text(std::string_view user_key) {
  constexpr std::size_t kBytes = 64;
  std::string text;
  for (const char byte : user_key.substr(0, kBytes)) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

constexpr Movement kLeastOverlap{"overlap ratio", [](const auto& view, const auto& of, const auto& table, const auto&) {
                                   return TableScore{.score = overlap_ratio(view, of.to_level, table)};
                                 }};
constexpr Movement kLeastGrandparents{"overlap ratio two levels below",
                                      [](const auto& view, const auto& of, const auto& table, const auto&) {
                                        return TableScore{.score = overlap_ratio(view, of.to_level + 1, table),
                                                          .tie = overlap_ratio(view, of.to_level, table)};
                                      }};
constexpr Movement kOldestOldest{"oldest stamp", [](const auto&, const auto&, const TableInfo& table, const auto&) {
                                   return TableScore{.score = static_cast<std::int64_t>(table.oldest.ticks)};
                                 }};
constexpr Movement kOldestNewest{"newest stamp", [](const auto&, const auto&, const TableInfo& table, const auto&) {
                                   return TableScore{.score = static_cast<std::int64_t>(table.newest.ticks)};
                                 }};
constexpr Movement kNextKey{"0: behind the last one",
                            [](const auto&, const auto&, const TableInfo& table, const Cursor& cursor) {
                              const bool behind = !cursor || cursor_text(key_range(table).low) > *cursor;
                              return TableScore{.score = behind ? 0 : 1};
                            }};

// One candidate for each table of the level, in the order of the movement.
void rank_tables(const PolicyView& view, CompactionCandidate of, const Movement& movement, Ranking& ranking) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const Cursors cursors = cursors_of(view.state);
  const auto found = cursors.find(of.position.level);
  const Cursor cursor = found == cursors.end() ? Cursor() : found->second;
  struct Table {
    CompactionCandidate candidate;
    std::int64_t tie = 0;
    std::string_view low;
  };
  std::vector<Table> tables;
  of.kind = CompactionCandidate::Kind::kTable;
  for (const Run& run : runs_of(view.levels, of.position.level)) {
    of.position.run = run.id;
    for (const TableInfo& table : run.tables) {
      if (busy.contains(table.number)) continue;
      of.table = &table;
      const TableScore scored = movement.score(view, of, table, cursor);
      of.score = scored.score;
      tables.push_back({.candidate = of, .tie = scored.tie, .low = key_range(table).low});
    }
  }
  std::ranges::sort(tables, [](const Table& a, const Table& b) {
    return std::tuple(a.candidate.score, a.tie, a.low, a.candidate.table->number) <
           std::tuple(b.candidate.score, b.tie, b.low, b.candidate.table->number);
  });
  for (const Table& each : tables) ranking.candidates.push_back(each.candidate);
}

// Due levels by score. A level with several runs is first merged into one. Null: whole levels move.
Ranking rank_leveled(const PolicyView& view, const Movement* movement) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint32_t last = last_level(view);
  Ranking ranking;
  ranking.pressure = level0_limits(view, level0_trigger(view));
  for (DueLevel& due : level_scores(view, busy)) {
    CompactionCandidate level{.trigger = ranking.triggers.size(), .position = {.level = due.level}, .score = due.score};
    const bool in_place = due.too_many_runs || due.level == last;
    level.to_level = in_place ? due.level : due.level + 1;
    ranking.triggers.push_back(
        {.what = std::move(due.trigger), .score = due.score, .measure = movement != nullptr ? movement->measure : ""});
    if (due.score < kScoreUnit) continue;
    if (movement != nullptr && due.level > 0 && !due.too_many_runs) {
      rank_tables(view, level, *movement, ranking);
    } else {
      ranking.candidates.push_back(level);
    }
  }
  return ranking;
}

// While level 0 is due but waits for running jobs below it, level 1 starts no new jobs.
Ranking rank_partial(const PolicyView& view, const Movement& movement) {
  Ranking ranking = rank_leveled(view, &movement);
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
  Cursors cursors = cursors_of(view.state);
  if (candidate.table != nullptr) {
    cursors[candidate.position.level] = cursor_text(key_range(*candidate.table).high);
  }
  for (const auto& [level, key] : cursors) {
    planned.next_state += fmt::format("{}{}={}", planned.next_state.empty() ? "" : " ", level, key);
  }
  return planned;
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
          .rank = [&movement](const PolicyView& view) { return rank_partial(view, movement); },
          .plan = plan};
}

}  // namespace

CompactionPolicies leveled_policies() {
  return {
      {.name = "one_lvl",
       .what = "level 0 whole into level 1, below one table at a time: that of the highest-scored level that overlaps "
               "least for its size",
       .source = "O'Neil et al., The Log-Structured Merge-Tree, 1996; partial leveling as in Sarkar et al., "
                 "Constructing and Analyzing the LSM Compaction Design Space, VLDB 2021",
       .rank = [](const PolicyView& view) { return rank_partial(view, kLeastOverlap); }},
      {.name = "full",
       .what = "a level beyond its target is merged with the whole of the next one",
       .source = "O'Neil et al., 1996, in the form that Sarkar et al., VLDB 2021, call full compaction",
       .rank = [](const PolicyView& view) { return rank_leveled(view, nullptr); },
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
  };
}

}  // namespace mylonite
