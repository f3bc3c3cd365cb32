#include "core/compaction/manual.h"

#include <algorithm>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

#include "core/base/bytes.h"

namespace mylonite {
namespace {

bool touches(const TableInfo& table, std::string_view low, std::optional<std::string_view> high) {
  const KeyRange range = key_range(table);
  const bool ends_below = range.high < low || (range.high == low && !range.high_included);
  return !ends_below && (!high || range.low < *high);
}

// The oldest run of the output's level among the inputs, when there is one.
std::optional<RunId> oldest_input_run(const CompactionJob& job) {
  std::optional<RunId> oldest;
  for (const CompactionInput& input : job.inputs) {
    if (input.level == job.to_level && (!oldest || input.run < *oldest)) oldest = input.run;
  }
  return oldest;
}

std::string range_text(std::string_view low, std::optional<std::string_view> high) {
  return fmt::format("keys from {} to {}", low.empty() ? "the first" : printable(low),
                     high ? "before " + printable(*high) : "the last");
}

}  // namespace

std::optional<CompactionJob> compact_level_job(const PolicyView& view, std::uint32_t level) {
  std::vector<CompactionInput> seeds = level_inputs(view.levels, level, {});
  if (seeds.empty()) return std::nullopt;
  CompactionJob job =
      push_down(view, std::move(seeds), {.to_level = std::min(level + 1, std::max(level, last_level(view)))});
  job.into = oldest_input_run(job);
  job.why = {.trigger = fmt::format("asked for: level {}", level), .chosen = describe(job.inputs)};
  return job;
}

std::optional<CompactionJob> compact_range_job(const PolicyView& view, std::string_view low,
                                               std::optional<std::string_view> high) {
  std::vector<CompactionInput> seeds;
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    for (const Run& run : view.levels[level].runs) {
      CompactionInput input{.level = level, .run = run.id, .tables = {}};
      for (const TableInfo& table : run.tables) {
        if (touches(table, low, high)) input.tables.push_back(table.number);
      }
      if (!input.tables.empty()) seeds.push_back(std::move(input));
    }
  }
  if (seeds.empty()) return std::nullopt;
  const std::uint32_t deepest = seeds.back().level;
  CompactionJob job = push_down(view, std::move(seeds), {.to_level = deepest, .move_allowed = false});
  job.into = oldest_input_run(job);
  job.why = {.trigger = "asked for: " + range_text(low, high), .chosen = describe(job.inputs)};
  return job;
}

}  // namespace mylonite
