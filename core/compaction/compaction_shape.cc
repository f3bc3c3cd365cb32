#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <mylonite/compaction_shape.h>

namespace mylonite {

std::set<FileNumber> busy_tables(std::span<const RunningJob> running) {
  std::set<FileNumber> busy;
  for (const RunningJob& job : running) {
    for (const CompactionInput& input : job.inputs) busy.insert(input.tables.begin(), input.tables.end());
  }
  return busy;
}

std::uint32_t last_level(const PolicyView& view) {
  const std::uint64_t levels = std::max<std::uint64_t>(view.options.max_levels, view.levels.size());
  return static_cast<std::uint32_t>(levels - 1);
}

std::span<const Run> runs_of(Levels levels, std::uint32_t level) {
  if (level >= levels.size()) return {};
  return levels[level].runs;
}

std::span<const TableInfo> overlapping(const Run& run, const KeyRange& range) {
  const auto first = std::ranges::partition_point(
      run.tables, [&](const TableInfo& each) { return ends_before(key_range(each), range); });
  const auto last = std::partition_point(first, run.tables.end(),
                                         [&](const TableInfo& each) { return !ends_before(range, key_range(each)); });
  return {first, last};
}

std::uint64_t overlapping_bytes(Levels levels, std::uint32_t level, const KeyRange& range) {
  std::uint64_t bytes = 0;
  for (const Run& run : runs_of(levels, level)) {
    for (const TableInfo& table : overlapping(run, range)) bytes += table.file_bytes;
  }
  return bytes;
}

std::uint64_t idle_bytes(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy) {
  std::uint64_t bytes = 0;
  for (const Run& run : runs_of(levels, level)) {
    for (const TableInfo& table : run.tables) bytes += busy.contains(table.number) ? 0 : table.file_bytes;
  }
  return bytes;
}

std::optional<RunPosition> deepest_older(Levels levels, const RunPosition& position, const KeyRange& range) {
  for (auto level = static_cast<std::uint32_t>(levels.size()); level-- > position.level;) {
    const std::vector<Run>& runs = levels[level].runs;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
      const RunPosition older{.level = level, .run = run->id};
      if (newer(position, older) && !overlapping(*run, range).empty()) return older;
    }
  }
  return std::nullopt;
}

Depth depth_of(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy) {
  // At each key first the tables that end before it, then those that begin, then those that end with it.
  enum class Edge : std::uint8_t { kEndsBefore, kBegins, kEndsWith };
  std::vector<std::pair<std::string_view, Edge>> edges;
  for (const Run& run : runs_of(levels, level)) {
    for (const TableInfo& table : run.tables) {
      if (busy.contains(table.number)) continue;
      const KeyRange range = key_range(table);
      edges.emplace_back(range.low, Edge::kBegins);
      edges.emplace_back(range.high, range.high_included ? Edge::kEndsWith : Edge::kEndsBefore);
    }
  }
  std::ranges::sort(edges);
  Depth most;
  std::size_t open = 0;
  for (const auto& [key, edge] : edges) {
    edge == Edge::kBegins ? ++open : --open;
    if (open > most.tables) most = {.tables = open, .key = key};
  }
  return most;
}

std::vector<CompactionInput> level_inputs(Levels levels, std::uint32_t level, const std::set<FileNumber>& busy) {
  std::vector<CompactionInput> inputs;
  for (const Run& run : runs_of(levels, level)) {
    CompactionInput input{.level = level, .run = run.id, .tables = {}};
    for (const TableInfo& table : run.tables) {
      if (!busy.contains(table.number)) input.tables.push_back(table.number);
    }
    if (!input.tables.empty()) inputs.push_back(std::move(input));
  }
  return inputs;
}

std::vector<CompactionInput> table_input(const RunPosition& position, const TableInfo& table) {
  return {{.level = position.level, .run = position.run, .tables = {table.number}}};
}

std::vector<const TableInfo*> tables_of(Levels levels, const CompactionInput& input) {
  std::vector<const TableInfo*> tables;
  for (const Run& run : runs_of(levels, input.level)) {
    if (run.id != input.run) continue;
    const std::set<FileNumber> wanted(input.tables.begin(), input.tables.end());
    for (const TableInfo& table : run.tables) {
      if (wanted.contains(table.number)) tables.push_back(&table);
    }
  }
  return tables;
}

std::optional<KeyRange> hull_of(Levels levels, const std::vector<CompactionInput>& inputs) {
  std::optional<KeyRange> whole;
  for (const CompactionInput& input : inputs) {
    for (const TableInfo* table : tables_of(levels, input)) {
      whole = whole ? hull(*whole, key_range(*table)) : key_range(*table);
    }
  }
  return whole;
}

namespace {

const CompactionInput& newest_of(const std::vector<CompactionInput>& inputs) {
  return *std::ranges::min_element(inputs, NewerFirst(), &CompactionInput::position);
}

// Visits the runs behind `newest` down to to_level, newest first.
template <class Each>
void for_older_runs(Levels levels, const RunPosition& newest, std::uint32_t to_level, Each each) {
  for (std::uint32_t level = newest.level; level <= to_level; ++level) {
    for (const Run& run : runs_of(levels, level)) {
      const RunPosition position{.level = level, .run = run.id};
      if (newer(newest, position)) each(position, run);
    }
  }
}

bool can_move(const PolicyView& view, const CompactionJob& job) {
  std::vector<KeyRange> ranges;
  for (const CompactionInput& input : job.inputs) {
    if (input.position() == job.output()) return false;
    for (const TableInfo* table : tables_of(view.levels, input)) {
      ranges.push_back(key_range(*table));
      if (overlapping_bytes(view.levels, job.to_level + 1, ranges.back()) > job.overlap_bytes_max) return false;
    }
  }
  std::ranges::sort(ranges, {}, &KeyRange::low);
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (!ends_before(ranges[i - 1], ranges[i])) return false;
  }
  return true;
}

constexpr std::uint64_t kGrandparentTables = 10;

std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  return a != 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

}  // namespace

std::uint64_t input_bytes(Levels levels, const std::vector<CompactionInput>& inputs, std::uint32_t to_level) {
  std::uint64_t bytes = 0;
  for (const CompactionInput& input : inputs) {
    if (input.level > to_level) continue;
    for (const TableInfo* table : tables_of(levels, input)) bytes += table->file_bytes;
  }
  return bytes;
}

std::vector<CompactionInput> closed(Levels levels, std::vector<CompactionInput> seeds, std::uint32_t to_level) {
  auto whole = hull_of(levels, seeds);
  if (!whole) return seeds;
  const RunPosition newest = newest_of(seeds).position();
  for (bool grows = true; grows;) {
    grows = false;
    for_older_runs(levels, newest, to_level, [&](const RunPosition&, const Run& run) {
      for (const TableInfo& table : overlapping(run, *whole)) {
        const KeyRange both = hull(*whole, key_range(table));
        grows |= both.low != whole->low || both.high != whole->high || both.high_included != whole->high_included;
        whole = both;
      }
    });
  }
  std::vector<CompactionInput> inputs;
  for (CompactionInput& seed : seeds) {
    if (seed.position() == newest) inputs.push_back(std::move(seed));
  }
  for_older_runs(levels, newest, to_level, [&](const RunPosition& position, const Run& run) {
    CompactionInput input{.level = position.level, .run = position.run, .tables = {}};
    for (const TableInfo& table : overlapping(run, *whole)) input.tables.push_back(table.number);
    if (!input.tables.empty()) inputs.push_back(std::move(input));
  });
  return inputs;
}

CompactionJob push_down(const PolicyView& view, std::vector<CompactionInput> seeds, const PushOptions& options) {
  CompactionJob job;
  job.inputs = closed(view.levels, std::move(seeds), options.to_level);
  job.to_level = options.to_level;
  if (job.inputs.empty()) return job;
  job.overlap_bytes_max = saturating_product(kGrandparentTables, view.options.sstable_max_bytes);
  job.aligned = view.options.aligned_tables;
  if (newest_of(job.inputs).level == options.to_level) {
    job.into = job.inputs.back().run;
  } else if (const auto runs = runs_of(view.levels, options.to_level); !runs.empty()) {
    job.into = runs.back().id;
  }
  job.move = options.move_allowed && can_move(view, job);
  return job;
}

CompactionJob push_down(const PolicyView& view, const CompactionCandidate& candidate) {
  auto seeds = candidate.table != nullptr
                   ? table_input(candidate.position, *candidate.table)
                   : level_inputs(view.levels, candidate.position.level, busy_tables(view.running));
  return push_down(view, std::move(seeds), {.to_level = candidate.to_level});
}

std::string describe(const std::vector<CompactionInput>& inputs) {
  constexpr std::size_t kNamed = 6;
  std::map<std::uint32_t, std::vector<FileNumber>> levels;
  for (const CompactionInput& input : inputs) {
    std::vector<FileNumber>& tables = levels[input.level];
    tables.insert(tables.end(), input.tables.begin(), input.tables.end());
  }
  std::string text;
  for (const auto& [level, tables] : levels) {
    text += fmt::format("{}level {}: table{}", text.empty() ? "" : "; ", level, tables.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(kNamed, tables.size()); ++i) text += fmt::format(" {}", tables[i].value);
    if (tables.size() > kNamed) text += fmt::format(" and {} more", tables.size() - kNamed);
  }
  return text;
}

std::int64_t score_of(std::uint64_t part, std::uint64_t whole) {
  constexpr std::uint64_t kMost = 1ULL << 40;
  const std::uint64_t score =
      saturating_product(static_cast<std::uint64_t>(kScoreUnit), part) / std::max<std::uint64_t>(whole, 1);
  return static_cast<std::int64_t>(std::min(score, kMost));
}

std::uint64_t level_target_bytes(const Options& options, std::uint32_t level) {
  std::uint64_t target = options.compaction_threshold_bytes;
  for (std::uint32_t i = 1; i < level; ++i) target = saturating_product(target, options.level_size_ratio);
  return target;
}

std::uint64_t compensated_bytes(const TableInfo& table) {
  if (table.entries == 0 || 2 * table.tombstones <= table.entries) return table.file_bytes;
  return table.file_bytes + 2 * (table.file_bytes / table.entries) * (2 * table.tombstones - table.entries);
}

PressureLimits level0_limits(const PolicyView& view, std::uint64_t trigger) {
  return {.slowdown_runs = std::max(view.options.level0_slowdown_runs, trigger + 1),
          .stop_runs = std::max(view.options.level0_stop_runs, trigger + 1)};
}

}  // namespace mylonite
