// A tree as one list of runs, newest first, whatever their levels; and the cells in which neighbours of the list can be
// merged.
//
// A cell is a least set of tables that share keys, directly or through others of the cell. So cells of one stretch of
// runs can be merged one after another, each by a legal job of its own. Where tables of several runs end at the same
// keys, cells are small; the input files of a large merge then go one cell after another.
// Thread-safety: pure functions. Views and pointers borrow from the levels.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>

namespace mylonite {

struct ListedRun {
  RunPosition position;
  const Run* run = nullptr;
  std::uint64_t bytes = 0;
};
std::vector<ListedRun> list_of(Levels levels);
using RunList = std::span<const ListedRun>;  // neighbours, newest first

// Neighbours by their places in the list.
struct Stretch {
  std::size_t first = 0;
  std::size_t count = 0;
};
// At most so many of them, the oldest: what is newer stays newer.
Stretch oldest_of(const Stretch& all, std::size_t most);
inline constexpr std::size_t kRunsMax = 32;  // of one merge of a size-tiered policy

// Whether a run is within half to one and a half of the mean of `count` runs that have so many bytes together.
bool is_similar(const ListedRun& run, std::uint64_t bytes, std::uint64_t count);

// The ranking of a policy of one list, without candidates; `runs` start a merge.
Ranking list_ranking(const PolicyView& view, std::uint64_t runs);

// Stretches of runs, each similar to those before it.
std::vector<Stretch> buckets_of(RunList list);

// A candidate that merges a stretch whole; its position is that of the newest run, its score the number of runs.
void add_stretch(Ranking& ranking, RunList list, const Stretch& stretch, std::size_t trigger);
// Its job: the result stands in the place of the oldest run.
PlannedJob plan_stretch(const PolicyView& view, const CompactionCandidate& candidate);

struct Cell {
  std::vector<CompactionInput> inputs;  // newest run first
  const TableInfo* first = nullptr;     // the one with the least key
  std::uint64_t bytes = 0;
};
std::vector<Cell> cells_of(RunList runs);  // in key order; O(tables · log tables)
// The cell's tables become part of the oldest of the runs. Those of one run alone are moved there.
CompactionJob merge_cell(RunList runs, const Cell& cell);
// Whether the cell's tables lie in the oldest of the runs only: there is nothing to merge.
bool is_merged(RunList runs, const Cell& cell);

// A candidate for each cell of the neighbours that has at least `least` inputs and something to merge. Its table is the
// cell's first one, its score the number of neighbours. The trigger is the next one that the ranking gets.
void add_cells(RunList runs, std::size_t least, Ranking& ranking);
// The neighbours of a candidate that add_cells made, and its cell.
RunList runs_of_candidate(const std::vector<ListedRun>& list, const CompactionCandidate& candidate);
Cell cell_of(RunList runs, const CompactionCandidate& candidate);

// The index of the first of `count` neighbours that have fewer bytes together than any others. Requires count runs.
std::size_t lightest(RunList runs, std::size_t count);

// Keys that divide the largest run of the tree into `parts` of about the same bytes: each is the first key of one of
// its tables. Fewer if it has fewer tables.
std::vector<std::string> even_cuts(Levels levels, std::uint64_t parts);

}  // namespace mylonite
