#include "core/store/stats_source.h"

#include <algorithm>
#include <vector>

namespace mylonite {
namespace {

void add_counters(const Counters& counters, StoreStats& stats) {
  stats.writes = counters.writes.get();
  stats.operations = counters.operations.get();
  stats.user_bytes = counters.user_bytes.get();
  stats.gets = counters.gets.get();
  stats.gets_found = counters.gets_found.get();
  stats.iterators = counters.iterators.get();
  stats.wal_bytes = counters.wal_bytes.get();
  stats.wal_syncs = counters.wal_syncs.get();
  stats.group_commits = counters.groups.get();
  stats.flushes = counters.flushes.get();
  stats.flush_bytes = counters.flush_bytes.get();
  stats.merges = counters.merges.get();
  stats.moves = counters.moves.get();
  stats.merge_bytes_in = counters.merge_bytes_in.get();
  stats.merge_bytes_out = counters.merge_bytes_out.get();
  stats.entries_dropped = counters.flush_dropped.get() + counters.merge_dropped.get();
  stats.ingested_bytes = counters.ingested_bytes.get();
  stats.memtable_hits = counters.memtable_hits.get();
  stats.tables_probed = counters.tables_probed.get();
  for (std::size_t i = 0; i < stats.stalls.size(); ++i) {
    stats.stalls[i] = {.count = counters.stalls[i].count.get(), .ns = counters.stalls[i].ns.get()};
  }
}

void add_levels(const Version& version, StoreStats& stats) {
  for (const Level& level : version.levels) {
    LevelStats& sum = stats.levels.emplace_back();
    sum.runs = level.runs.size();
    for (const Run& run : level.runs) {
      sum.tables += run.tables.size();
      for (const TableInfo& table : run.tables) {
        sum.bytes += table.file_bytes;
        sum.entries += table.entries;
        sum.tombstones += table.tombstones + table.range_deletes;
      }
    }
  }
}

// Bytes above the targets that the options set: level 0 once it has the runs that start a merge, then each level but
// the last. What is due, not what it will cost.
std::uint64_t debt(const std::vector<LevelStats>& levels, const Options& options) {
  std::uint64_t due = 0;
  std::uint64_t target = options.compaction_threshold_bytes;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (i == 0) {
      due += levels[0].runs >= options.level0_compact_runs ? levels[0].bytes : 0;
    } else if (i + 1 < levels.size()) {
      due += levels[i].bytes - std::min(levels[i].bytes, target);
      target = target > UINT64_MAX / options.level_size_ratio ? UINT64_MAX : target * options.level_size_ratio;
    }
  }
  return due;
}

}  // namespace

StoreStats collect_stats(const SharedState& state) {
  StoreStats stats;
  add_counters(state.counters, stats);
  add_levels(*state.catalog->version(), stats);
  const TableEnvironment& tables = state.catalog->environment();
  const BlockCache::Counters blocks = tables.blocks.counters();
  stats.block_cache_hits = blocks.hits;
  stats.block_cache_misses = blocks.misses;
  stats.block_cache_bytes = blocks.bytes;
  stats.table_metadata_bytes = tables.metadata_bytes.load(std::memory_order_relaxed);
  stats.open_files = tables.files.files();
  stats.filter_negatives = tables.filter_negatives.load(std::memory_order_relaxed);
  stats.debt_bytes = debt(stats.levels, state.options);
  const rt::Lock lock(state.mutex);
  for (const auto& memtable : state.read_state->memtables) stats.memtable_bytes += memtable->bytes();
  stats.live_snapshots = state.snapshots.count();
  stats.history_floor = state.snapshots.floor().ticks;
  stats.newest_stamp = state.visible.ticks;
  if (state.stopped) stats.writes_stopped = state.stopped->to_string();
  return stats;
}

}  // namespace mylonite
