// `mylonite-lab endure`: runs a store through many phases on a real disk, and checks every answer.
//
// The phases: fill in random order; overwrite all; delete half, by removes and range deletes; scan both ways; merge
// everything; scan again; close; verify every table; open. After each phase a scan compares every key and value with
// the expected ones. Reading is a row of its own, so that its time is not the phase's. Writes are not synced.
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

#include "experiments/bench/stop.h"
#include "experiments/bench/workload.h"

namespace mylonite::experiments {

struct EndureArguments {
  StreamOptions stream{.entries = 5'000'000};
  std::string directory{};        // empty: in the system's place for temporary files
  Options options{};              // of the store; its directory is set later
  CompactionPolicies policies{};  // those that options may name; empty: the standard ones
  Stop stop{};
};

struct EndurePhase {
  std::string name;
  std::uint64_t operations = 0;
  double seconds = 0;
  // At its end.
  std::uint64_t tables = 0;
  std::uint64_t disk_bytes = 0;      // of all files
  std::uint64_t live_bytes = 0;      // of the expected keys and values
  std::uint64_t peak_rss_bytes = 0;  // during the phase, above the program's memory before the store was made
  StoreStats stats{};                // since the store was opened

  double space_amplification() const;  // 0: nothing lives
};

// The memory that options bound, and the process's memory. No option bounds the allocator's own needs. Memtables return
// to the system when they are dropped; cached blocks and the memory of flushes and merges come from the process's
// heaps.
struct MemoryBudget {
  std::uint64_t memtables = 0;  // frozen_memtables_max + 1, each memtable_max_bytes
  std::uint64_t block_cache = 0;
  std::uint64_t table_metadata = 0;  // the most after any phase
  std::uint64_t writers = 0;         // a group's log bytes
  std::uint64_t peak_rss = 0;        // over all phases, as in EndurePhase

  std::uint64_t stated() const { return memtables + block_cache + table_metadata + writers; }
};

struct EndureReport {
  std::vector<EndurePhase> phases;
  MemoryBudget memory;
  std::string failure{};  // the wrong answer, with the phases before it in the report; empty: every answer was right
};

// An error only if no phase could begin, or if it was stopped.
Result<EndureReport> run_endure(const EndureArguments& arguments);

std::string json_report(const EndureReport& report);
std::string text_report(const EndureReport& report);

}  // namespace mylonite::experiments
