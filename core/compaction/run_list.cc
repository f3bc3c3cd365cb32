#include "core/compaction/run_list.h"

#include <algorithm>
#include <utility>

#include <mylonite/compaction_shape.h>

namespace mylonite {
namespace {

struct Placed {
  const TableInfo* table;
  std::size_t run;  // index in the list
};

Cell cell_from(RunList runs, std::span<const Placed> tables) {
  Cell cell{.inputs = {}, .first = tables.front().table};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    CompactionInput input{.level = runs[i].position.level, .run = runs[i].position.run, .tables = {}};
    for (const Placed& each : tables) {
      if (each.run != i) continue;
      input.tables.push_back(each.table->number);
      cell.bytes += each.table->file_bytes;
    }
    if (!input.tables.empty()) cell.inputs.push_back(std::move(input));
  }
  return cell;
}

}  // namespace

std::vector<ListedRun> list_of(Levels levels) {
  std::vector<ListedRun> list;
  for (std::uint32_t level = 0; level < levels.size(); ++level) {
    for (const Run& run : levels[level].runs) {
      ListedRun listed{.position = {.level = level, .run = run.id}, .run = &run};
      for (const TableInfo& table : run.tables) listed.bytes += table.file_bytes;
      list.push_back(listed);
    }
  }
  return list;
}

Stretch oldest_of(const Stretch& all, std::size_t most) {
  const std::size_t count = std::min(all.count, most);
  return {.first = all.first + all.count - count, .count = count};
}

bool is_similar(const ListedRun& run, std::uint64_t bytes, std::uint64_t count) {
  return 2 * run.bytes * count >= bytes && 2 * run.bytes * count <= 3 * bytes;
}

Ranking list_ranking(const PolicyView& view, std::uint64_t runs) {
  return {.expired = ExpiredTombstones::kToLastOlderData, .pressure = level0_limits(view, runs)};
}

void add_stretch(Ranking& ranking, RunList list, const Stretch& stretch, std::size_t trigger) {
  ranking.candidates.push_back({.kind = CompactionCandidate::Kind::kOther,
                                .trigger = trigger,
                                .position = list[stretch.first].position,
                                .to_level = list[stretch.first + stretch.count - 1].position.level,
                                .score = static_cast<std::int64_t>(stretch.count)});
}

PlannedJob plan_stretch(const PolicyView& view, const CompactionCandidate& candidate) {
  CompactionJob job;
  for (std::uint32_t level = 0; level < view.levels.size(); ++level) {
    for (const Run& run : view.levels[level].runs) {
      const RunPosition position{.level = level, .run = run.id};
      const bool begun = !job.inputs.empty() || position == candidate.position;
      if (!begun || static_cast<std::int64_t>(job.inputs.size()) == candidate.score) continue;
      CompactionInput& input = job.inputs.emplace_back(CompactionInput{.level = level, .run = run.id, .tables = {}});
      for (const TableInfo& table : run.tables) input.tables.push_back(table.number);
    }
  }
  if (job.inputs.empty()) return {.job = std::move(job)};
  job.to_level = job.inputs.back().level;
  job.into = job.inputs.back().run;
  return {.job = std::move(job)};
}

std::vector<Stretch> buckets_of(RunList list) {
  std::vector<Stretch> buckets;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (buckets.empty() || !is_similar(list[i], bytes, buckets.back().count)) {
      buckets.push_back({.first = i, .count = 0});
      bytes = 0;
    }
    ++buckets.back().count;
    bytes += list[i].bytes;
  }
  return buckets;
}

std::vector<Cell> cells_of(RunList runs) {
  std::vector<Placed> all;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const TableInfo& table : runs[i].run->tables) all.push_back({.table = &table, .run = i});
  }
  std::ranges::stable_sort(all, {}, [](const Placed& each) { return key_range(*each.table).low; });
  std::vector<Cell> cells;
  for (std::size_t begin = 0; begin < all.size();) {
    KeyRange whole = key_range(*all[begin].table);
    std::size_t end = begin + 1;
    for (; end < all.size() && !ends_before(whole, key_range(*all[end].table)); ++end) {
      whole = hull(whole, key_range(*all[end].table));
    }
    cells.push_back(cell_from(runs, std::span(all).subspan(begin, end - begin)));
    begin = end;
  }
  return cells;
}

bool is_merged(RunList runs, const Cell& cell) {
  return cell.inputs.size() == 1 && cell.inputs.front().position() == runs.back().position;
}

CompactionJob merge_cell(RunList runs, const Cell& cell) {
  const RunPosition& oldest = runs.back().position;
  return {.inputs = cell.inputs, .to_level = oldest.level, .into = oldest.run, .move = cell.inputs.size() == 1};
}

void add_cells(RunList runs, std::size_t least, Ranking& ranking) {
  for (const Cell& cell : cells_of(runs)) {
    if (cell.inputs.size() < least || is_merged(runs, cell)) continue;
    ranking.candidates.push_back({.kind = CompactionCandidate::Kind::kOther,
                                  .trigger = ranking.triggers.size(),
                                  .position = runs.front().position,
                                  .table = cell.first,
                                  .to_level = runs.back().position.level,
                                  .score = static_cast<std::int64_t>(runs.size())});
  }
}

RunList runs_of_candidate(const std::vector<ListedRun>& list, const CompactionCandidate& candidate) {
  const auto first = std::ranges::find(list, candidate.position, &ListedRun::position);
  return {first, static_cast<std::size_t>(candidate.score)};
}

// It grows from its first table: whatever shares keys with what is there joins, and no table before the first one can.
Cell cell_of(RunList runs, const CompactionCandidate& candidate) {
  KeyRange whole = key_range(*candidate.table);
  const std::string_view low = whole.low;
  struct Part {
    std::size_t first;
    std::size_t end;
  };
  std::vector<Part> parts;
  for (const ListedRun& each : runs) {
    const auto first = std::ranges::partition_point(each.run->tables,
                                                    [&](const TableInfo& table) { return key_range(table).low < low; });
    const auto place = static_cast<std::size_t>(first - each.run->tables.begin());
    parts.push_back({.first = place, .end = place});
  }
  for (bool grows = true; grows;) {
    grows = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::vector<TableInfo>& tables = runs[i].run->tables;
      for (std::size_t& end = parts[i].end; end < tables.size(); ++end) {
        const KeyRange next = key_range(tables[end]);
        if (ends_before(whole, next)) break;
        whole = hull(whole, next);
        grows = true;
      }
    }
  }
  std::vector<Placed> joined;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::vector<TableInfo>& tables = runs[i].run->tables;
    for (std::size_t place = parts[i].first; place < parts[i].end; ++place) {
      joined.push_back({.table = &tables[place], .run = i});
    }
  }
  Cell cell = cell_from(runs, joined);
  cell.first = candidate.table;
  return cell;
}

std::size_t lightest(RunList runs, std::size_t count) {
  std::size_t best = 0;
  std::uint64_t best_bytes = UINT64_MAX;
  for (std::size_t first = 0; first + count <= runs.size(); ++first) {
    std::uint64_t bytes = 0;
    for (const ListedRun& run : runs.subspan(first, count)) bytes += run.bytes;
    if (bytes >= best_bytes) continue;
    best = first;
    best_bytes = bytes;
  }
  return best;
}

std::vector<std::string> even_cuts(Levels levels, std::uint64_t parts) {
  const std::vector<ListedRun> list = list_of(levels);
  const auto largest = std::ranges::max_element(list, {}, &ListedRun::bytes);
  std::vector<std::string> cuts;
  if (largest == list.end() || parts < 2) return cuts;
  __extension__ using Wide = unsigned __int128;
  std::uint64_t passed = 0;
  for (const TableInfo& table : largest->run->tables) {
    if (passed > 0 && Wide{passed} * parts >= Wide{largest->bytes} * (cuts.size() + 1)) {
      cuts.emplace_back(key_range(table).low);
    }
    passed += table.file_bytes;
  }
  return cuts;
}

}  // namespace mylonite
