// The figures of an open store: plain numbers of one moment, and their text forms. Counters may lag one another by an
// operation. Counts and bytes are since the open, unless stated otherwise. Thread-safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mylonite {

// Why writers wait, or are slowed down.
enum class StallCause : std::uint8_t { kMemtables, kLevel0, kSlowdown };
inline constexpr std::array<std::string_view, 3> kStallNames = {"memtables", "level0", "slowdown"};

struct LevelStats {
  std::uint64_t runs = 0;
  std::uint64_t tables = 0;
  std::uint64_t bytes = 0;       // of files
  std::uint64_t entries = 0;     // versions
  std::uint64_t tombstones = 0;  // with range deletes
};

struct StoreStats {
  // Operations of clients.
  std::uint64_t writes = 0;      // batches acknowledged
  std::uint64_t operations = 0;  // in these batches
  std::uint64_t user_bytes = 0;  // keys and values in these batches
  std::uint64_t gets = 0;
  std::uint64_t gets_found = 0;
  std::uint64_t iterators = 0;
  // Bytes and work of the store.
  std::uint64_t wal_bytes = 0;
  std::uint64_t wal_syncs = 0;
  std::uint64_t group_commits = 0;
  std::uint64_t flushes = 0;
  std::uint64_t flush_bytes = 0;
  std::uint64_t flush_entries = 0;  // in the tables
  std::uint64_t flushes_failed = 0;
  std::uint64_t logs_given_up = 0;  // after a failed call
  std::uint64_t merges = 0;
  std::uint64_t moves = 0;     // of tables to another level, without reading them
  std::uint64_t expiries = 0;  // of tables that left the tree, without reading them
  std::uint64_t merge_bytes_in = 0;
  std::uint64_t merge_bytes_out = 0;
  std::uint64_t merge_bytes_edge = 0;  // of entries: see JobRecord::bytes_edge
  std::uint64_t merge_entries_out = 0;
  std::uint64_t entries_dropped = 0;  // by flushes, merges and expiries
  // Deletes that a flush or a merge dropped because they hid nothing any more, and the times from each to its drop.
  std::uint64_t completed_deletes = 0;
  std::uint64_t delete_age_ms = 0;  // summed
  std::uint64_t delete_age_ms_max = 0;
  std::uint64_t ingested_bytes = 0;
  // Sources of reads.
  std::uint64_t memtable_hits = 0;
  std::uint64_t tables_probed = 0;
  std::uint64_t tables_probed_in_vain = 0;   // by gets that found no value
  std::uint64_t filter_negatives = 0;        // tables that their filter excluded
  std::uint64_t filter_false_positives = 0;  // tables that passed their filter and held no version for the reader
  std::uint64_t block_cache_hits = 0;
  std::uint64_t block_cache_misses = 0;
  std::uint64_t blocks_read_bytes = 0;  // of files, for these misses
  // Now.
  std::vector<LevelStats> levels{};
  std::uint64_t live_snapshots = 0;
  std::uint64_t merges_running = 0;
  std::uint64_t debt_bytes = 0;  // of levels above their targets
  std::uint64_t history_floor = 0;
  std::uint64_t expired_through = 0;  // what was written up to this stamp is gone
  std::uint64_t newest_stamp = 0;
  // Memory now, in logical bytes.
  std::uint64_t memtable_bytes = 0;
  std::uint64_t frozen_memtables = 0;  // that await their flush
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t table_metadata_bytes = 0;  // filters and indexes
  std::uint64_t open_files = 0;
  // Time.
  struct Stall {
    std::uint64_t count = 0;
    std::uint64_t ns = 0;
  };
  std::array<Stall, kStallNames.size()> stalls{};
  std::uint64_t recovery_ns = 0;
  // Health: empty when all is well.
  std::string writes_stopped{};  // why writes that need room are refused until a flush succeeds
  std::string merges_paused{};   // why nothing is merged
  std::string merges_refused{};  // the policy, and why no merge that it proposed last was legal, with none running

  // Bytes written by flushes and merges per user byte, and per user byte with the log, in hundredths; 0 before any.
  std::uint64_t write_amplification_percent() const;
  std::uint64_t total_write_amplification_percent() const;

  std::string to_json() const;        // one object, whole numbers
  std::string to_prometheus() const;  // text exposition format 0.0.4
  std::string to_text() const;        // for people
};

}  // namespace mylonite
