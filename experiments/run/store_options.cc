#include "experiments/run/store_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <mylonite/store.h>

#include "core/base/hash.h"
#include "core/memtable/memtable.h"
#include "experiments/machine/world.h"
#include "experiments/workload/operation_stream.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kAlwaysMeasured = 1 << 20;  // entries of a buffer, which lie in memory

}  // namespace

StreamOptions value_options(const RunSpec& spec, const PlannedWorkload& workload) {
  const std::uint64_t recorded = workload.recording ? workload.recording->value_bytes_max : 0;
  return {.value_bytes = std::max(spec.value_bytes, recorded), .seed = spec.seed};
}

Result<Options> store_options(const RunSpec& spec, const PlannedWorkload& workload, std::uint64_t buffer_bytes) {
  Options options;
  options.data_dir = "db";
  const std::uint64_t entry_bytes = key_bytes_of(workload) + spec.value_bytes + Memtable::kEntryOverheadBytes;
  options.memtable_max_bytes = spec.buffer_entries * entry_bytes;
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

Result<std::uint64_t> measured_buffer(const RunSpec& spec, const PlannedWorkload& workload, const Values& values) {
  const std::uint64_t most = std::max(OperationStream(workload, spec.seed).total(), kAlwaysMeasured);
  if (spec.buffer_entries > most) {
    return Error(Code::kInvalidArgument,
                 fmt::format("buffer_entries is a whole number up to {}, since the workload has no more operations: no "
                             "larger buffer is ever full, but it would take its memory; not {}",
                             most, spec.buffer_entries));
  }
  auto options = store_options(spec, workload, std::uint64_t{1} << 30);
  if (!options.ok()) return options.error();
  options->compaction_policy = "none";
  World world(device_named("none"), processor_named("none"));
  Result<std::uint64_t> bytes = std::uint64_t{0};
  const std::string stuck = world.run([&] {
    auto store = Store::open(world.files(), *options);
    if (!store.ok()) {
      bytes = store.error();
      return;
    }
    const std::uint64_t keys = workload.keys();
    KeyTexts texts(workload);
    Status done;
    for (std::uint64_t i = 0; i < spec.buffer_entries && done.ok(); ++i) {
      const std::uint64_t index = i * std::max<std::uint64_t>(keys / spec.buffer_entries, 1);
      if (const auto stamp = (*store)->put(texts.at(index), values.at(index, 0, spec.value_bytes)); !stamp.ok())
        done = stamp.error();
    }
    if (done.ok()) done = (*store)->flush();
    if (done.ok()) {
      bytes = (*store)->stats().flush_bytes;
    } else {
      bytes = done.error();
    }
  });
  if (!stuck.empty()) return Error(Code::kIo, stuck);
  return bytes;
}

std::string options_hash(const Options& options) {
  std::string text;
  for (const OptionRow& row : option_table()) text += fmt::format("{}={}\n", row.name, option_text(options, row));
  return fmt::format("{:016x}", hash64(text));
}

}  // namespace mylonite::experiments
