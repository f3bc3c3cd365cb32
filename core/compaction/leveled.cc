#include "core/compaction/leveled.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/base/hash.h"

namespace mylonite {
namespace {

struct DueLevel {
  std::uint32_t level = 0;
  std::int64_t score = 0;  // due from kScoreUnit on
  std::string trigger;
  bool too_many_runs = false;  // more than the one run that leveling allows, left by another policy or other options
  std::uint64_t excess_bytes = 0;  // beyond the target
};

// Level 0: the greater of runs / level0_compact_runs and bytes / compaction_threshold_bytes.
DueLevel score_level0(const PolicyView& view, const std::set<FileNumber>& busy) {
  const std::size_t idle = level_inputs(view.levels, 0, busy).size();
  const std::uint64_t bytes = idle_bytes(view.levels, 0, busy);
  const std::uint64_t trigger = level0_trigger(view);
  const std::int64_t by_runs = score_of(idle, trigger);
  const std::int64_t by_bytes = last_level(view) == 0 ? 0 : score_of(bytes, view.options.compaction_threshold_bytes);
  DueLevel due{.level = 0, .score = std::max(by_runs, by_bytes), .trigger = {}, .excess_bytes = bytes};
  due.trigger = by_runs >= by_bytes ? fmt::format("level 0: {} runs, {} start a merge", idle, trigger)
                                    : fmt::format("level 0: {} bytes, {} start a merge", bytes,
                                                  view.options.compaction_threshold_bytes);
  return due;
}

// Deeper levels: compensated bytes of idle tables / target, or the number of runs. The last level has no target.
DueLevel score_deeper(const PolicyView& view, const std::set<FileNumber>& busy, const LevelTargets& targets,
                      std::uint32_t level) {
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
  const std::uint64_t target = targets.bytes[level];
  DueLevel due{.level = level, .trigger = fmt::format("level {}: {} bytes, {} are the target", level, bytes, target)};
  if (level != last_level(view)) {
    due.score = score_of(bytes, target);
    due.excess_bytes = bytes - std::min(bytes, target);
  }
  if (runs > 1) {
    due.too_many_runs = true;
    due.score = std::max(due.score, score_of(runs, 1));
    due.trigger = fmt::format("level {}: {} runs, leveling allows 1", level, runs);
  }
  return due;
}

// Every level with its score, highest first; of equal scores the upper level first.
std::vector<DueLevel> level_scores(const PolicyView& view, const LevelTargets& targets,
                                   const std::set<FileNumber>& busy) {
  std::vector<DueLevel> levels;
  std::uint64_t coming_bytes = 0;
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    DueLevel due = level == 0 ? score_level0(view, busy) : score_deeper(view, busy, targets, level);
    if (targets.counts_what_comes && level > 0 && due.excess_bytes > 0 && !due.too_many_runs) {
      const std::uint64_t target = targets.bytes[level];
      due.score = std::max(score_of(target + due.excess_bytes, target + coming_bytes), kScoreUnit);
    }
    coming_bytes += due.excess_bytes;
    levels.push_back(std::move(due));
  }
  std::ranges::stable_sort(levels, std::ranges::greater(), &DueLevel::score);
  return levels;
}

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

// Of the tables that score at most 1.05 times the least, the one before the table that scores most comes first.
void prefer_before_the_worst(std::vector<ScoredTable>& tables) {
  if (tables.empty()) return;
  const std::int64_t least =
      std::ranges::min_element(tables, {}, [](const auto& each) { return each.candidate.score; })->candidate.score;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const bool near = tables[i].candidate.score * 20 <= least * 21;
    if (near && i + 1 < tables.size()) tables[i].tie = -1 - tables[i + 1].candidate.score;
  }
  for (ScoredTable& each : tables) {
    if (each.candidate.score * 20 <= least * 21) each.candidate.score = least;
  }
}

// One candidate for each table of the level, in the order of the movement.
void rank_tables(const PolicyView& view, CompactionCandidate of, const Movement& movement, Ranking& ranking) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const Cursors cursors = cursors_of(view.state);
  const auto found = cursors.find(of.position.level);
  const Cursor cursor = found == cursors.end() ? Cursor() : found->second;
  std::vector<ScoredTable> tables;
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
  if (movement.refine != nullptr) movement.refine(tables);
  std::ranges::sort(tables, [](const ScoredTable& a, const ScoredTable& b) {
    return std::tuple(a.candidate.score, a.tie, a.low, a.candidate.table->number) <
           std::tuple(b.candidate.score, b.tie, b.low, b.candidate.table->number);
  });
  for (const ScoredTable& each : tables) ranking.candidates.push_back(each.candidate);
}

TableScore score_overlap(const PolicyView& view, const CompactionCandidate& of, const TableInfo& table, const Cursor&) {
  return {.score = overlap_ratio(view, of.to_level, table)};
}

}  // namespace

const Movement kLeastOverlap{.measure = "overlap ratio", .score = score_overlap};
const Movement kLeastOverlapThenNext{
    .measure = "overlap ratio", .score = score_overlap, .refine = prefer_before_the_worst};
const Movement kLeastGrandparents{.measure = "overlap ratio two levels below",
                                  .score = [](const auto& view, const auto& of, const auto& table, const auto&) {
                                    return TableScore{.score = overlap_ratio(view, of.to_level + 1, table),
                                                      .tie = overlap_ratio(view, of.to_level, table)};
                                  }};
const Movement kOldestOldest{.measure = "oldest stamp",
                             .score = [](const auto&, const auto&, const TableInfo& table, const auto&) {
                               return TableScore{.score = static_cast<std::int64_t>(table.oldest.ticks)};
                             }};
const Movement kOldestNewest{.measure = "newest stamp",
                             .score = [](const auto&, const auto&, const TableInfo& table, const auto&) {
                               return TableScore{.score = static_cast<std::int64_t>(table.newest.ticks)};
                             }};
const Movement kNextKey{.measure = "0: behind the last one",
                        .score = [](const auto&, const auto&, const TableInfo& table, const Cursor& cursor) {
                          const bool behind = !cursor || cursor_text(key_range(table).low) > *cursor;
                          return TableScore{.score = behind ? 0 : 1};
                        }};

// A draw for each table: its number decides, so an unchanged tree gives the same answer.
const Movement kRandom{.measure = "draw", .score = [](const auto&, const auto&, const TableInfo& table, const auto&) {
                         return TableScore{.score = static_cast<std::int64_t>(mix64(table.number.value) >> 54)};
                       }};

// Of two tables with as many reads, the one that overlaps less.
const Movement kFewestReads{
    .measure = "reads", .score = [](const auto& view, const auto& of, const TableInfo& table, const auto&) {
      const std::uint64_t probes = view.reads_of(table.number).probes;
      return TableScore{.score = static_cast<std::int64_t>(probes), .tie = overlap_ratio(view, of.to_level, table)};
    }};

// Of two tables without enough tombstones, the one that overlaps less.
const Movement kDensestTombstones{
    .measure = "0 less tombstones in 1024 entries",
    .score = [](const PolicyView& view, const CompactionCandidate& of, const TableInfo& table, const Cursor&) {
      const std::int64_t density = score_of(table.tombstones, table.entries);
      const bool counts = density * 100 >= view.parameter("F") * kScoreUnit && density > 0;
      return TableScore{.score = counts ? -density : 0, .tie = overlap_ratio(view, of.to_level, table)};
    }};

std::uint64_t level0_trigger(const PolicyView& view) {
  return last_level(view) == 0 ? std::max<std::uint64_t>(view.options.level0_compact_runs, 2)
                               : view.options.level0_compact_runs;
}

LevelTargets fixed_targets(const PolicyView& view) {
  LevelTargets targets{.bytes = {0}};
  for (std::uint32_t level = 1; level < view.levels.size(); ++level) {
    targets.bytes.push_back(level_target_bytes(view.options, level));
  }
  return targets;
}

LevelTargets targets_from_below(const PolicyView& view) {
  const std::uint32_t last = last_level(view);
  LevelTargets targets{.base = last, .bytes = std::vector<std::uint64_t>(last + 1), .counts_what_comes = true};
  std::uint64_t share = 0;
  std::uint32_t first = last;  // with data
  for (std::uint32_t level = last; level > 0; --level) {
    const std::uint64_t bytes = idle_bytes(view.levels, level, {});
    share = std::max(share, bytes);
    if (bytes > 0) first = level;
  }
  const std::uint64_t least = view.options.compaction_threshold_bytes;
  while (targets.base > 1 && (share > least || targets.base > first)) {
    share /= view.options.level_size_ratio;
    targets.bytes[--targets.base] = std::max(share, least);
  }
  return targets;
}

Ranking rank_leveled(const PolicyView& view, const Movement* movement, const LevelTargets& targets) {
  const std::set<FileNumber> busy = busy_tables(view.running);
  const std::uint32_t last = last_level(view);
  Ranking ranking;
  ranking.pressure = level0_limits(view, level0_trigger(view));
  for (DueLevel& due : level_scores(view, targets, busy)) {
    if (due.level == 0 && !targets.ranks_level0) continue;
    CompactionCandidate level{.trigger = ranking.triggers.size(), .position = {.level = due.level}, .score = due.score};
    const bool in_place = due.too_many_runs || due.level == last;
    level.to_level = in_place ? due.level : std::max(due.level + 1, targets.base);
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

Ranking rank_partial(const PolicyView& view, const Movement& movement, const LevelTargets& targets) {
  Ranking ranking = rank_leveled(view, &movement, targets);
  const std::set<FileNumber> busy = busy_tables(view.running);
  const bool merging = std::ranges::any_of(runs_of(view.levels, 0), [&](const Run& run) {
    return std::ranges::any_of(run.tables, [&](const TableInfo& table) { return busy.contains(table.number); });
  });
  for (CompactionCandidate& each : ranking.candidates) {
    if (each.position.level == 0 && !merging) each.holds_back = targets.base;
  }
  return ranking;
}

std::string next_cursors(const PolicyView& view, const CompactionCandidate& candidate) {
  Cursors cursors = cursors_of(view.state);
  if (candidate.table != nullptr) {
    cursors[candidate.position.level] = cursor_text(key_range(*candidate.table).high);
  }
  std::string state;
  for (const auto& [level, key] : cursors) state += fmt::format("{}{}={}", state.empty() ? "" : " ", level, key);
  return state;
}

}  // namespace mylonite
