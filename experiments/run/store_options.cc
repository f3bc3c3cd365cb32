#include "experiments/run/store_options.h"

#include <algorithm>

#include "core/memtable/memtable.h"
#include "experiments/workload/stream.h"

namespace mylonite::experiments {

Result<Options> store_options(const RunSpec& spec, std::uint64_t buffer_bytes) {
  Options options;
  options.data_dir = "db";
  options.memtable_max_bytes = spec.buffer_entries * (kKeyBytes + spec.value_bytes + Memtable::kEntryOverheadBytes);
  options.wal_file_rotate_bytes = std::max(options.wal_file_rotate_bytes, options.memtable_max_bytes);
  options.sstable_max_bytes = buffer_bytes + buffer_bytes / 8;  // a flush makes one table
  options.compaction_threshold_bytes = spec.base_buffers * buffer_bytes;
  options.compaction_policy = spec.policy;
  options.level_size_ratio = spec.size_ratio;
  options.runs_per_level_max = spec.size_ratio;
  options.level0_compact_runs = spec.level0_runs;
  options.level0_slowdown_runs = std::max({options.level0_slowdown_runs, 2 * spec.size_ratio, 2 * spec.level0_runs});
  options.level0_stop_runs = std::max({options.level0_stop_runs, 3 * spec.size_ratio, 3 * spec.level0_runs});
  options.compression = "none";
  options.wal_flush_every_write = false;
  options.tombstone_retention_seconds = 0;
  options.block_cache_bytes = 0;
  for (const auto& [name, value] : spec.set) {
    if (Status done = set_option(options, name, value); !done.ok()) return done.error();
  }
  if (Status good = validate(options); !good.ok()) return good.error();
  return options;
}

}  // namespace mylonite::experiments
