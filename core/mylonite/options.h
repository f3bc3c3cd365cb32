// Options of a store: plain values, validated before an open does anything.
//
// Names and defaults of the first group are those of the user's guide. Options may differ at every open of one store.
// Every option is a member here, with its default, and a row of option_table(). The row drives parsing (--set
// NAME=VALUE), validation, printing, scenario files, the README's table and help texts. The simulator and the
// laboratory draw from its values worth trying.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mylonite/status.h>

namespace mylonite {

struct Options {
  // The guide's.
  std::string data_dir = "data";                            // the store's directory, not . or ..; its parent must exist
  std::uint64_t memtable_max_bytes = 64ULL << 20;           // logical bytes before a memtable is frozen and flushed
  bool wal_flush_every_write = true;                        // true: synced before acknowledgement
  double bloom_false_positive_rate = 0.01;                  // per table and absent key; see filter_allocation
  std::uint64_t compaction_threshold_bytes = 256ULL << 20;  // target of level 1
  std::uint64_t tombstone_retention_seconds = 86400;        // tombstones are kept at least this long
  std::uint64_t sstable_max_bytes = 64ULL << 20;            // a flush starts a new table beyond this
  std::uint64_t max_levels = 6;
  std::uint64_t wal_file_rotate_bytes = 64ULL << 20;  // size at which a new log begins

  // Added.
  std::string compaction_policy = "one_lvl";               // the policy that chooses merges: its text
  std::uint64_t compaction_threads = 2;                    // merges that may run at once
  std::string compaction_scheduler = "run_to_completion";  // which of the merges that have begun goes on
  std::uint64_t compaction_jobs_max = 0;                   // merges that may have begun; at least compaction_threads
  std::uint64_t compaction_step_bytes = 256 << 10;         // of input, after which the scheduler is asked
  std::uint64_t runs_per_level_max = 4;                    // tier: the runs of a level that are merged into one
  std::uint64_t level_size_ratio = 10;      // leveled policies: ratio of a level's target to that of the level above
  std::uint64_t level0_compact_runs = 4;    // leveled policies: runs of level 0 that start a merge into level 1
  std::uint64_t level0_slowdown_runs = 20;  // runs of level 0 from which on writers are slowed down
  std::uint64_t level0_stop_runs = 36;      // runs of level 0 from which on writers wait
  std::uint64_t write_slowdown_bytes_per_second = 16ULL << 20;  // log bytes of writers while they are slowed down
  bool aligned_tables = true;  // leveled policies: tables end where those of the next level begin, where that is near
  std::uint64_t compaction_history_max = 100;         // merges whose reasons are kept for `explain compaction`
  std::uint64_t manifest_rotate_bytes = 4ULL << 20;   // a manifest beyond it, and beyond two snapshots, is replaced
  bool create_if_missing = true;                      // if the directory is absent or empty
  bool error_if_exists = false;                       // an existing store is kAlreadyExists, and untouched
  std::uint64_t block_bytes = 4096;                   // target size of a table's data block, before compression
  std::string compression = "lz4";                    // of data blocks: none, lz4 or zstd
  std::string filter_allocation = "uniform";          // every table's filter alike, or monkey: by its run's size
  std::uint64_t block_cache_bytes = 64ULL << 20;      // most bytes of data blocks kept in memory
  std::uint64_t open_files_max = 500;                 // most table files held open
  std::uint64_t frozen_memtables_max = 2;             // writers wait when this many await their flush
  std::uint64_t group_commit_max_bytes = 1ULL << 20;  // most log bytes written for one group of writers
  std::uint64_t history_retention_seconds = 0;        // superseded versions kept for reads in the past
};

struct OptionRow {
  using Member = std::variant<std::uint64_t Options::*, bool Options::*, double Options::*, std::string Options::*>;
  std::string_view name;
  Member member;
  double low = 0;  // allowed range of a number, both ends included
  double high = 0;
  std::string_view words{};    // allowed texts, separated by spaces; empty: any
  std::string_view meaning{};  // one sentence
  // Values, separated by spaces, smallest first; empty: not for trials. The simulator draws among them, unless
  // sim/scenario/generator.cc has a rule for the option.
  std::string_view worth_trying{};
};
std::span<const OptionRow> option_table();
std::string allowed_text(const OptionRow& row);  // "1 to 64", "true or false", "none, lz4 or zstd"; empty: any text
std::vector<std::string_view> values_worth_trying(const OptionRow& row);

// kInvalidArgument, with the option, its value and the allowed range.
Status validate(const Options& options);
// Sets one option from text, without a check of ranges (validate does that).
Status set_option(Options& options, std::string_view name, std::string_view value);
std::string option_text(const Options& options, const OptionRow& row);

}  // namespace mylonite
