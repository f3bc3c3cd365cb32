// `mylonite-lab endure`: a store's life on a real disk, every answer judged.
//
// Fill in random order, overwrite all, delete half (removes, and range deletes among them), scan both ways, merge
// everything, scan again, close, verify every table, open. After each phase a scan compares every key and value with
// what must be there; reading is a row of its own, so that its time is not the phase's. Writes are not synced.
// Thread-safety: one thread a call. Linux only (/proc).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>
#include <mylonite/stats.h>
#include <mylonite/status.h>

#include "experiments/bench/workload.h"

namespace mylonite::experiments {

struct EndureArguments {
  StreamOptions stream{.entries = 5'000'000};
  std::string directory{};        // empty: in the system's place for temporary files
  Options options{};              // of the store; where it lies is set
  CompactionPolicies policies{};  // that options may name; empty: the standard ones
};

struct EndurePhase {
  std::string name;
  std::uint64_t operations = 0;
  double seconds = 0;
  // As it ended.
  std::uint64_t tables = 0;
  std::uint64_t disk_bytes = 0;      // of all files
  std::uint64_t live_bytes = 0;      // keys and values that must be there
  std::uint64_t peak_rss_bytes = 0;  // meanwhile, above what this program held before the store was there
  StoreStats stats{};                // since the store was opened

  double space_amplification() const;  // 0: nothing lives
};

// What the options bound, and what the process held. An allocator's own needs are in no option: memtables go back to
// the system when they go, blocks of the cache and what a flush or merge works with come from the process's heaps.
struct MemoryBudget {
  std::uint64_t memtables = 0;  // frozen_memtables_max + 1, each memtable_max_bytes
  std::uint64_t block_cache = 0;
  std::uint64_t table_metadata = 0;  // the most there was after a phase
  std::uint64_t writers = 0;         // a group's log bytes
  std::uint64_t peak_rss = 0;        // over all phases, as in EndurePhase

  std::uint64_t stated() const { return memtables + block_cache + table_metadata + writers; }
};

struct EndureReport {
  std::vector<EndurePhase> phases;
  MemoryBudget memory;
  std::string failure{};  // empty: every answer was right. Else what was wrong; the phases before it are there
};

// An error only where nothing could be begun.
Result<EndureReport> run_endure(const EndureArguments& arguments);

std::string json_report(const EndureReport& report);
std::string text_report(const EndureReport& report);

}  // namespace mylonite::experiments
