#include "experiments/run/measuring.h"

#include <algorithm>

#include "core/rt/rt.h"

namespace mylonite::experiments {

void Measuring::begin(const Store& store) {
  stats_before_ = store.stats();
  traffic_before_ = world_.disk().traffic();
  merge_events_.restart();
  figures_.returned_bytes = 0;
  began_ns_ = rt::monotonic_ns();
}

void Measuring::sample(const Store& store, LiveData& live) {
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t tombstones = 0;
  ShapeSample& shape = shape_.emplace_back();
  const StoreStats stats = store.stats();
  live.expire(Timestamp{stats.expired_through});
  for (const LevelStats& level : stats.levels) {
    shape.levels.push_back({.runs = level.runs, .bytes = level.bytes});
    runs += level.runs;
    bytes += level.bytes;
    tombstones += level.tombstones;
  }
  if (tombstones > 0) sample_tombstones(store);
  ++figures_.samples;
  figures_.runs_sum += runs;
  figures_.runs_max = std::max(figures_.runs_max, runs);
  figures_.table_bytes_sum += bytes;
  figures_.live_bytes_sum += live.bytes();
  if (live.bytes() > 0) {
    figures_.space_amplification_max_milli =
        std::max(figures_.space_amplification_max_milli, bytes * 1000 / live.bytes());
  }
  figures_.debt_estimate_sum += stats.debt_bytes;
  figures_.debt_estimate_max = std::max(figures_.debt_estimate_max, stats.debt_bytes);
  figures_.space_max = std::max(figures_.space_max, world_.space_bytes());
}

void Measuring::sample_tombstones(const Store& store) {
  Timestamp oldest = kTimestampMax;
  for (const Level& level : store.levels()) {
    for (const Run& run : level.runs) {
      for (const TableInfo& table : run.tables) oldest = std::min(oldest, table.oldest_tombstone);
    }
  }
  const std::uint64_t now_ticks = rt::wall_ticks();
  if (oldest.ticks >= now_ticks) return;
  constexpr std::uint64_t kNsPerTick = 1'000'000'000 / kTicksPerSecond;
  figures_.tombstone_age_max_ns = std::max(figures_.tombstone_age_max_ns, (now_ticks - oldest.ticks) * kNsPerTick);
}

void Measuring::end(const Store& store) {
  figures_.duration_ns = rt::monotonic_ns() - began_ns_;
  end_of_store(store.stats());
  end_of_device();
  merge_events_.take(figures_);
  latencies_.take(figures_);
}

void Measuring::end_of_store(const StoreStats& now) {
  const auto since = [&](std::uint64_t StoreStats::* figure) { return now.*figure - stats_before_.*figure; };
  const auto stalled = [&](StallCause cause) {
    const auto i = static_cast<std::size_t>(cause);
    return now.stalls[i].ns - stats_before_.stalls[i].ns;
  };
  figures_.user_bytes = since(&StoreStats::user_bytes);
  figures_.user_entries = since(&StoreStats::operations);
  figures_.log_bytes = since(&StoreStats::wal_bytes);
  figures_.flush_bytes = since(&StoreStats::flush_bytes);
  figures_.flush_entries = since(&StoreStats::flush_entries);
  figures_.merge_bytes_in = since(&StoreStats::merge_bytes_in);
  figures_.merge_bytes_out = since(&StoreStats::merge_bytes_out);
  figures_.merge_bytes_edge = since(&StoreStats::merge_bytes_edge);
  figures_.merge_entries_out = since(&StoreStats::merge_entries_out);
  figures_.merges = since(&StoreStats::merges);
  figures_.moves = since(&StoreStats::moves);
  figures_.completed_deletes = since(&StoreStats::completed_deletes);
  figures_.delete_age_ms_sum = since(&StoreStats::delete_age_ms);
  figures_.delete_age_ms_max = figures_.completed_deletes == 0 ? 0 : now.delete_age_ms_max;
  figures_.gets = since(&StoreStats::gets);
  figures_.gets_found = since(&StoreStats::gets_found);
  figures_.memtable_hits = since(&StoreStats::memtable_hits);
  figures_.tables_probed = since(&StoreStats::tables_probed);
  figures_.tables_probed_in_vain = since(&StoreStats::tables_probed_in_vain);
  figures_.filter_negatives = since(&StoreStats::filter_negatives);
  figures_.filter_false_positives = since(&StoreStats::filter_false_positives);
  figures_.blocks_asked = since(&StoreStats::block_cache_hits) + since(&StoreStats::block_cache_misses);
  figures_.blocks_read = since(&StoreStats::block_cache_misses);
  figures_.blocks_read_bytes = since(&StoreStats::blocks_read_bytes);
  figures_.stall_memtables_ns = stalled(StallCause::kMemtables);
  figures_.stall_level0_ns = stalled(StallCause::kLevel0);
  figures_.slowdown_ns = stalled(StallCause::kSlowdown);
}

void Measuring::end_of_device() {
  const Traffic& now = world_.disk().traffic();
  figures_.manifest_bytes = now.appended("manifest") - traffic_before_.appended("manifest");
  figures_.device_read_bytes = now.read_bytes - traffic_before_.read_bytes;
  figures_.processors_busy_ns = world_.processors_busy_ns();
  figures_.device_busy_ns = world_.disk().device_busy_ns();
}

}  // namespace mylonite::experiments
