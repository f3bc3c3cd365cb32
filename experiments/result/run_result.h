// The result of a run: whole numbers, in a fixed order, and a hash over them. Ratios are derived where they are shown.
//
// Units: bytes, entries, nanoseconds of virtual time. All figures are of the measured phases, unless a comment says
// otherwise. Thread-safety: values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/spec/run_spec.h"

namespace mylonite::experiments {

// Merges into one level, moves not counted.
struct LevelTraffic {
  std::uint64_t entered_bytes = 0;  // from levels above it
  std::uint64_t written_bytes = 0;
  bool operator==(const LevelTraffic&) const = default;
};

// Of the operations of one kind, from call to answer; of an open loop from arrival.
struct KindLatency {
  std::string kind;
  std::uint64_t operations = 0;
  std::uint64_t p50_ns = 0;
  std::uint64_t p99_ns = 0;
  std::uint64_t p999_ns = 0;
  std::uint64_t p9999_ns = 0;
  std::uint64_t max_ns = 0;
  bool operator==(const KindLatency&) const = default;
};

struct RunFigures {
  std::uint64_t operations = 0;
  std::uint64_t user_bytes = 0;    // keys and values accepted
  std::uint64_t user_entries = 0;  // writes accepted
  // Written.
  std::uint64_t log_bytes = 0;
  std::uint64_t manifest_bytes = 0;
  std::uint64_t flush_bytes = 0;
  std::uint64_t flush_entries = 0;
  std::uint64_t merge_bytes_in = 0;
  std::uint64_t merge_bytes_out = 0;
  std::uint64_t merge_bytes_edge = 0;  // of entries, beside the keys of a merge's newest input
  std::uint64_t merge_entries_out = 0;
  std::uint64_t merges = 0;
  std::uint64_t moves = 0;
  std::uint64_t merge_p50_bytes = 0;  // written by one merge
  std::uint64_t merge_p99_bytes = 0;
  std::uint64_t largest_merge_bytes = 0;
  std::uint64_t merge_ns_sum = 0;  // from the begin of a merge to its end, waits included
  std::uint64_t merge_ns_max = 0;
  // Deletes that were dropped as nothing was left to hide, and the time from each to its drop.
  std::uint64_t completed_deletes = 0;
  std::uint64_t delete_age_ms_sum = 0;
  std::uint64_t delete_age_ms_max = 0;  // load phases included
  // Read.
  std::uint64_t gets = 0;
  std::uint64_t gets_found = 0;
  std::uint64_t memtable_hits = 0;           // gets that a memtable answered, deletes included
  std::uint64_t tables_probed = 0;           // by gets: runs whose keys span the key
  std::uint64_t tables_probed_in_vain = 0;   // of these, by gets that found nothing
  std::uint64_t filter_negatives = 0;        // of tables_probed, excluded by their filter
  std::uint64_t filter_false_positives = 0;  // of tables_probed, without the key that passed their filter
  std::uint64_t blocks_asked = 0;            // by gets and scans
  std::uint64_t blocks_read = 0;             // of these, not from the cache
  std::uint64_t blocks_read_bytes = 0;       // of files
  std::uint64_t returned_bytes = 0;          // keys and values that gets and scans gave
  std::uint64_t device_read_bytes = 0;       // by reads and merges, also those under way
  // The shape, sampled after each buffer of writes: sums, to be divided by samples.
  std::uint64_t samples = 0;
  std::uint64_t runs_sum = 0;
  std::uint64_t runs_max = 0;
  std::uint64_t table_bytes_sum = 0;
  std::uint64_t live_bytes_sum = 0;                 // keys and values that a reader sees
  std::uint64_t space_amplification_max_milli = 0;  // most bytes of tables for 1,000 live ones
  std::uint64_t space_max = 0;                      // of all files, obsolete ones included
  std::uint64_t tombstone_age_max_ns = 0;           // since its delete, of the oldest one in a table
  std::uint64_t debt_estimate_sum = 0;              // bytes of levels above their targets, as the store estimates them
  std::uint64_t debt_estimate_max = 0;
  std::uint64_t debt_samples = 0;    // moments at which the exact debt was found
  std::uint64_t debt_bytes_sum = 0;  // that merges would have written until the store rested
  std::uint64_t debt_bytes_max = 0;
  // Time.
  std::uint64_t duration_ns = 0;
  std::uint64_t processors_busy_ns = 0;  // of all, whole run
  std::uint64_t device_busy_ns = 0;      // whole run
  std::uint64_t stall_memtables_ns = 0;
  std::uint64_t stall_level0_ns = 0;
  std::uint64_t slowdown_ns = 0;
  std::uint64_t arrival_mean_ps = 0;  // between two arrivals of an open loop; 0: closed loop
  std::uint64_t latency_p50_ns = 0;   // of all operations, from call to answer; of an open loop from arrival
  std::uint64_t latency_p99_ns = 0;
  std::uint64_t latency_p999_ns = 0;
  std::uint64_t latency_p9999_ns = 0;
  std::uint64_t latency_max_ns = 0;
  std::vector<KindLatency> latencies{};  // of the kinds that occur, by name
  std::vector<LevelTraffic> levels{};    // from level 0 on, up to the deepest that a merge wrote to
  bool operator==(const RunFigures&) const = default;
};

struct FigureRow {
  std::string_view name;
  std::uint64_t RunFigures::* member;
};
std::span<const FigureRow> run_figures();

// The tree at one moment.
struct LevelShape {
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;
};
struct ShapeSample {
  std::vector<LevelShape> levels{};
  std::uint64_t runs() const;
};

struct RunResult {
  RunSpec spec;
  std::string policy;              // as configured, with all parameters
  std::string options_hash{};      // of all options of the store; not in the hash, as the spec decides them
  std::string commit{};            // of the source that made it; not in the hash
  std::uint64_t of_runs = 0;       // that its comparison has, all shards together; 0: not known; not in the hash
  std::uint64_t buffer_bytes = 0;  // of the table that a full memtable makes: measured before the run
  RunFigures figures;
  std::string failure{};             // a wrong answer of the store; empty: none
  std::vector<ShapeSample> shape{};  // after each buffer of writes in measured phases; not in lines and hashes
};

std::string result_hash(const RunResult& result);  // over spec and figures: 16 hexadecimal digits
std::string result_json(const RunResult& result);  // one line
// A line of result_json. Errors: kInvalidArgument, with the file, the line's number and what is wrong: not JSON, a
// member that lacks, or a hash that is not that of the figures.
Result<RunResult> parse_result(std::string_view json, const std::string& file, std::uint64_t line);
std::string result_text(const RunResult& result);  // for people
// Whether all was in memory while figures were taken: nothing was flushed, and no read found a table. Then ratios of
// what was written are 0, and mean nothing.
bool says_nothing(const RunResult& result);
// Whether another store made it: its policy names the library, as in "leveldb (LevelDB 1.23)".
bool is_of_peer(const RunResult& result);
std::string ratio_text(std::uint64_t part, std::uint64_t whole);  // two decimals, rounded; "-" without a whole

}  // namespace mylonite::experiments
