#include "core/compaction/leveled.h"

#include <algorithm>

#include <fmt/format.h>

namespace mylonite {
namespace {

DueLevel score_level0(const PolicyView& view, const std::set<FileNumber>& busy) {
  const std::vector<CompactionInput> idle = level_inputs(view.version, 0, busy);
  std::uint64_t bytes = 0;
  for (const Run& run : runs_of(view.version, 0)) {
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

DueLevel score_deeper(const PolicyView& view, const std::set<FileNumber>& busy, std::uint32_t level) {
  std::uint64_t bytes = 0;
  std::uint64_t runs = 0;
  for (const Run& run : runs_of(view.version, level)) {
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

}  // namespace

std::uint64_t level0_trigger(const PolicyView& view) {
  return last_level(view) == 0 ? std::max<std::uint64_t>(view.options.level0_compact_runs, 2)
                               : view.options.level0_compact_runs;
}

std::vector<DueLevel> level_scores(const PolicyView& view, const std::set<FileNumber>& busy) {
  std::vector<DueLevel> levels;
  for (std::uint32_t level = 0; level < view.version.levels.size(); ++level) {
    levels.push_back(level == 0 ? score_level0(view, busy) : score_deeper(view, busy, level));
  }
  std::ranges::stable_sort(levels, std::ranges::greater(), &DueLevel::score);
  return levels;
}

CompactionJob whole_level_job(const PolicyView& view, const std::set<FileNumber>& busy, const DueLevel& due) {
  const bool in_place = due.too_many_runs || due.level == last_level(view);
  return push_down(view, level_inputs(view.version, due.level, busy),
                   {.to_level = in_place ? due.level : due.level + 1});
}

void add_rejected(Reason& why, Candidate candidate) {
  constexpr std::size_t kKept = 6;
  if (why.rejected.size() < kKept) why.rejected.push_back(std::move(candidate));
}

}  // namespace mylonite
