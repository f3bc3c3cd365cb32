// What leveled policies share: due levels by their scores, the level targets they are measured by, and the table of a
// due level that moves.
//
// Each level below 0 is one run. A level above its target moves data into the next one. Thread-safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>

namespace mylonite {

// Runs of level 0 that start a merge: one more where there is no level below to take it.
std::uint64_t level0_trigger(const PolicyView& view);

struct LevelTargets {
  std::uint32_t base = 1;              // the level that takes level 0
  std::vector<std::uint64_t> bytes{};  // by level; level 0 and the last level have none
  bool ranks_level0 = true;            // false: the policy ranks it by itself
  bool counts_what_comes = false;      // a level's score also weighs what levels above it have too much
};
// By the options: compaction_threshold_bytes at level 1, then level_size_ratio times the level above.
LevelTargets fixed_targets(const PolicyView& view);
// From the data: the last level's bytes, then a level_size_ratio-th of the level below, up to the first level that has
// at most compaction_threshold_bytes. That level is the base; levels above it hold nothing.
LevelTargets targets_from_below(const PolicyView& view);

// The score of a table among those of its level; the least is taken first, of equal ones that of the least tie, then
// that of the smallest key.
struct TableScore {
  std::int64_t score = 0;
  std::int64_t tie = 0;
};
// The last key that the level has moved, as cursor_text(); empty: none yet.
using Cursor = std::optional<std::string>;
struct ScoredTable {
  CompactionCandidate candidate;
  std::int64_t tie = 0;
  std::string_view low;
};
struct Movement {
  std::string_view measure;  // of the scores, for reasons
  TableScore (*score)(const PolicyView&, const CompactionCandidate& of, const TableInfo&, const Cursor&);
  void (*refine)(std::vector<ScoredTable>&) = nullptr;  // of a level's tables, in key order: changes ties
};
extern const Movement kLeastOverlap;
extern const Movement kLeastOverlapThenNext;
extern const Movement kLeastGrandparents;
extern const Movement kOldestOldest;
extern const Movement kOldestNewest;
extern const Movement kNextKey;
extern const Movement kRandom;
extern const Movement kFewestReads;        // needs counts_reads
extern const Movement kDensestTombstones;  // needs parameter F: percent of entries below which it does not count

// Due levels by score. A level with several runs is first merged into one. Without a movement, whole levels move.
Ranking rank_leveled(const PolicyView& view, const Movement* movement, const LevelTargets& targets);
// The same; while level 0 is due but waits for running jobs below it, the level that takes it starts no new jobs.
Ranking rank_partial(const PolicyView& view, const Movement& movement, const LevelTargets& targets);

// The state of a policy that moves tables in key order, once the candidate has moved.
std::string next_cursors(const PolicyView& view, const CompactionCandidate& candidate);

}  // namespace mylonite
