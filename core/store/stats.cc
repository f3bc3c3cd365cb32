#include <mylonite/stats.h>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/base/json.h"
#include "core/store/engine_state.h"

namespace mylonite {
namespace {

// Each row is one plain number; all three output forms follow from the rows.
struct Row {
  std::string_view name;
  std::uint64_t StoreStats::* value;
  bool grows;  // a counter; else a gauge
  std::string_view meaning;
};
constexpr Row kRows[] = {
    {"writes", &StoreStats::writes, true, "batches acknowledged"},
    {"operations", &StoreStats::operations, true, "puts and deletes in them"},
    {"user_bytes", &StoreStats::user_bytes, true, "bytes of keys and values written"},
    {"gets", &StoreStats::gets, true, "point reads"},
    {"gets_found", &StoreStats::gets_found, true, "point reads that found their key"},
    {"iterators", &StoreStats::iterators, true, "iterators opened"},
    {"wal_bytes", &StoreStats::wal_bytes, true, "bytes appended to logs"},
    {"wal_syncs", &StoreStats::wal_syncs, true, "syncs of logs"},
    {"group_commits", &StoreStats::group_commits, true, "groups of writers logged together"},
    {"flushes", &StoreStats::flushes, true, "memtables written to tables"},
    {"flush_bytes", &StoreStats::flush_bytes, true, "bytes of tables written by flushes"},
    {"flush_entries", &StoreStats::flush_entries, true, "entries written by flushes"},
    {"flushes_failed", &StoreStats::flushes_failed, true, "flushes that failed, and were tried again"},
    {"logs_given_up", &StoreStats::logs_given_up, true, "logs replaced because a call on them failed"},
    {"merges", &StoreStats::merges, true, "compactions that rewrote tables"},
    {"moves", &StoreStats::moves, true, "compactions that moved tables as they are"},
    {"expiries", &StoreStats::expiries, true, "expiries of the oldest tables"},
    {"merge_bytes_in", &StoreStats::merge_bytes_in, true, "bytes of tables read by merges"},
    {"merge_bytes_out", &StoreStats::merge_bytes_out, true, "bytes of tables written by merges"},
    {"merge_bytes_edge", &StoreStats::merge_bytes_edge, true,
     "bytes that merges rewrote beside their newest input's keys"},
    {"merge_entries_out", &StoreStats::merge_entries_out, true, "entries written by merges"},
    {"entries_dropped", &StoreStats::entries_dropped, true, "entries that flushes, merges and expiries dropped"},
    {"completed_deletes", &StoreStats::completed_deletes, true, "deletes dropped as nothing was left to hide"},
    {"delete_age_ms", &StoreStats::delete_age_ms, true, "milliseconds from these deletes to their drop, summed"},
    {"delete_age_ms_max", &StoreStats::delete_age_ms_max, false, "most milliseconds from a delete to its drop"},
    {"ingested_bytes", &StoreStats::ingested_bytes, true, "bytes of tables ingested"},
    {"memtable_hits", &StoreStats::memtable_hits, true, "point reads answered in memory"},
    {"tables_probed", &StoreStats::tables_probed, true, "tables that point reads asked"},
    {"tables_probed_in_vain", &StoreStats::tables_probed_in_vain, true, "of these, by reads that found no value"},
    {"filter_negatives", &StoreStats::filter_negatives, true, "tables asked that their filter excluded"},
    {"filter_false_positives", &StoreStats::filter_false_positives, true,
     "tables asked that passed their filter without the key"},
    {"block_cache_hits", &StoreStats::block_cache_hits, true, "blocks found in memory"},
    {"block_cache_misses", &StoreStats::block_cache_misses, true, "blocks read from files"},
    {"blocks_read_bytes", &StoreStats::blocks_read_bytes, true, "bytes of these blocks"},
    {"live_snapshots", &StoreStats::live_snapshots, false, "snapshots held"},
    {"merges_running", &StoreStats::merges_running, false, "compactions running"},
    {"debt_bytes", &StoreStats::debt_bytes, false, "bytes above the levels' targets"},
    {"history_floor", &StoreStats::history_floor, false, "earliest stamp from which on all can be read"},
    {"expired_through", &StoreStats::expired_through, false, "stamp up to which everything has expired"},
    {"newest_stamp", &StoreStats::newest_stamp, false, "newest visible stamp"},
    {"memtable_bytes", &StoreStats::memtable_bytes, false, "bytes in memtables"},
    {"frozen_memtables", &StoreStats::frozen_memtables, false, "memtables that await their flush"},
    {"block_cache_bytes", &StoreStats::block_cache_bytes, false, "bytes in the block cache"},
    {"table_metadata_bytes", &StoreStats::table_metadata_bytes, false, "bytes of filters and indexes in memory"},
    {"open_files", &StoreStats::open_files, false, "table files held open"},
    {"recovery_ns", &StoreStats::recovery_ns, false, "nanoseconds the open took"},
};

struct LevelRow {
  std::string_view name;
  std::uint64_t LevelStats::* value;
};
constexpr LevelRow kLevelRows[] = {{"runs", &LevelStats::runs},
                                   {"tables", &LevelStats::tables},
                                   {"bytes", &LevelStats::bytes},
                                   {"entries", &LevelStats::entries},
                                   {"tombstones", &LevelStats::tombstones}};

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

std::string sample(std::string_view name, std::string_view labels, std::uint64_t value) {
  return fmt::format("mylonite_{}{} {}\n", name, labels, value);
}

std::string heading(std::string_view name, bool grows, std::string_view meaning) {
  return fmt::format("# HELP mylonite_{} {}\n# TYPE mylonite_{} {}\n", name, meaning, name,
                     grows ? "counter" : "gauge");
}

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
  stats.flush_entries = counters.flush_entries.get();
  stats.flushes_failed = counters.flushes_failed.get();
  stats.logs_given_up = counters.logs_given_up.get();
  stats.merges = counters.merges.get();
  stats.moves = counters.moves.get();
  stats.expiries = counters.expiries.get();
  stats.merge_bytes_in = counters.merge_bytes_in.get();
  stats.merge_bytes_out = counters.merge_bytes_out.get();
  stats.merge_bytes_edge = counters.merge_bytes_edge.get();
  stats.merge_entries_out = counters.merge_entries_out.get();
  stats.entries_dropped = counters.entries_dropped.get();
  stats.completed_deletes = counters.completed_deletes.get();
  stats.delete_age_ms = counters.delete_age_ms.get();
  stats.delete_age_ms_max = counters.delete_age_ms_max.get();
  stats.ingested_bytes = counters.ingested_bytes.get();
  stats.memtable_hits = counters.memtable_hits.get();
  stats.tables_probed = counters.tables_probed.get();
  stats.tables_probed_in_vain = counters.tables_probed_in_vain.get();
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

// Bytes above the targets that the options set: of level 0 once it has the runs that start a merge, then of each level
// but the last. These bytes are due for a merge; they are not its cost.
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

std::uint64_t StoreStats::write_amplification_percent() const {
  return percent(flush_bytes + merge_bytes_out, user_bytes);
}
std::uint64_t StoreStats::total_write_amplification_percent() const {
  return percent(wal_bytes + flush_bytes + merge_bytes_out, user_bytes);
}

std::string StoreStats::to_json() const {
  JsonArray level_array;
  for (const LevelStats& level : levels) {
    JsonObject object;
    for (const LevelRow& row : kLevelRows) object.number(row.name, level.*row.value);
    level_array.add(object.object());
  }
  JsonObject causes;
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    causes.raw(kStallNames[i], JsonObject().number("count", stalls[i].count).number("ns", stalls[i].ns).object());
  }
  JsonObject object;
  for (const Row& row : kRows) object.number(row.name, this->*row.value);
  return object.number("write_amplification_percent", write_amplification_percent())
      .number("total_write_amplification_percent", total_write_amplification_percent())
      .raw("levels", level_array.array())
      .raw("stalls", causes.object())
      .text("writes_stopped", writes_stopped)
      .text("merges_paused", merges_paused)
      .text("merges_refused", merges_refused)
      .object();
}

std::string StoreStats::to_prometheus() const {
  std::string text;
  for (const Row& row : kRows) {
    const std::string name = std::string(row.name) + (row.grows ? "_total" : "");
    text += heading(name, row.grows, row.meaning) + sample(name, "", this->*row.value);
  }
  for (const LevelRow& row : kLevelRows) {
    const std::string name = "level_" + std::string(row.name);
    text += heading(name, false, fmt::format("{} of a level", row.name));
    for (std::size_t i = 0; i < levels.size(); ++i) {
      text += sample(name, fmt::format("{{level=\"{}\"}}", i), levels[i].*row.value);
    }
  }
  text += heading("stalls_total", true, "times that writers waited, by cause");
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    text += sample("stalls_total", fmt::format("{{cause=\"{}\"}}", kStallNames[i]), stalls[i].count);
  }
  text += heading("stall_ns_total", true, "nanoseconds that writers waited, by cause");
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    text += sample("stall_ns_total", fmt::format("{{cause=\"{}\"}}", kStallNames[i]), stalls[i].ns);
  }
  text += heading("writes_stopped", false, "1: writes that need room are refused until a flush succeeds") +
          sample("writes_stopped", "", writes_stopped.empty() ? 0 : 1);
  text +=
      heading("merges_paused", false, "1: merges fail") + sample("merges_paused", "", merges_paused.empty() ? 0 : 1);
  text += heading("merges_refused", false, "1: no merge that the policy proposed last was legal") +
          sample("merges_refused", "", merges_refused.empty() ? 0 : 1);
  return text;
}

std::string StoreStats::to_text() const {
  std::string text =
      fmt::format("{:<7}{:>6}{:>9}{:>16}{:>14}{:>12}\n", "level", "runs", "tables", "bytes", "entries", "tombstones");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const LevelStats& level = levels[i];
    text += fmt::format("{:<7}{:>6}{:>9}{:>16}{:>14}{:>12}\n", i, level.runs, level.tables, level.bytes, level.entries,
                        level.tombstones);
  }
  text += '\n';
  for (const Row& row : kRows) text += fmt::format("{:<22}{:>20}  {}\n", row.name, this->*row.value, row.meaning);
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    text += fmt::format("{:<22}{:>20}  times writers waited, {} us in all\n", fmt::format("stall {}", kStallNames[i]),
                        stalls[i].count, stalls[i].ns / 1000);
  }
  const std::uint64_t amplification = write_amplification_percent();
  text += fmt::format("{:<22}{:>17}.{:02}  bytes of tables written per user byte\n", "write amplification",
                      amplification / 100, amplification % 100);
  if (!writes_stopped.empty()) text += "writes stopped: " + writes_stopped + "\n";
  if (!merges_paused.empty()) text += "merges paused: " + merges_paused + "\n";
  if (!merges_refused.empty()) text += "merges refused: " + merges_refused + "\n";
  return text;
}

void EngineState::count_dropped(const Dropped& dropped) {
  constexpr std::uint64_t kTicksPerMs = kTicksPerSecond / 1000;
  const std::uint64_t retention_ms = options.tombstone_retention_seconds * 1000;
  counters.entries_dropped.add(dropped.entries);
  if (dropped.completed_deletes == 0) return;
  counters.completed_deletes.add(dropped.completed_deletes);
  counters.delete_age_ms.add(dropped.completed_deletes * retention_ms + dropped.overdue_ticks_sum / kTicksPerMs);
  counters.delete_age_ms_max.raise(retention_ms + dropped.overdue_ticks_max / kTicksPerMs);
}

StoreStats EngineState::stats() const {
  StoreStats stats;
  add_counters(counters, stats);
  add_levels(*catalog->version(), stats);
  const TableEnvironment& tables = catalog->environment();
  const BlockCache::Counters blocks = tables.blocks.counters();
  stats.block_cache_hits = blocks.hits;
  stats.block_cache_misses = blocks.misses;
  stats.block_cache_bytes = blocks.bytes;
  stats.table_metadata_bytes = tables.metadata_bytes.load(std::memory_order_relaxed);
  stats.open_files = tables.files.files();
  stats.filter_negatives = tables.filter_negatives.load(std::memory_order_relaxed);
  stats.blocks_read_bytes = tables.blocks_read_bytes.load(std::memory_order_relaxed);
  stats.filter_false_positives = tables.filter_false_positives.load(std::memory_order_relaxed);
  stats.debt_bytes = debt(stats.levels, options);
  const rt::Lock lock(mutex);
  for (const auto& memtable : views.current()->memtables) stats.memtable_bytes += memtable->bytes();
  stats.frozen_memtables = views.frozen().size();
  stats.live_snapshots = history.held();
  stats.history_floor = history.floor().ticks;
  stats.expired_through = views.current()->expired_through.ticks;
  stats.newest_stamp = history.visible().ticks;
  if (gate.refuses()) stats.writes_stopped = gate.refuses()->to_string();
  return stats;
}

}  // namespace mylonite
