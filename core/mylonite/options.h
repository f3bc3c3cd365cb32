// Options of a store: plain numbers, validated before anything is touched.
//
// Names and defaults of the first group are those of the user's guide. Options may differ at every open of one store.
// Every option is a member here, which has its default, and a row of option_table(). The row drives parsing (--set
// NAME=VALUE), validation, printing, scenario files, the README's table and what programs print as help; the simulator
// and the laboratory draw from its values worth trying.
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
  std::string data_dir = "data";                            // the store's directory; its parent must exist
  std::uint64_t memtable_max_bytes = 64ULL << 20;           // logical bytes before a memtable is frozen and flushed
  bool wal_flush_every_write = true;                        // true: synced before acknowledgement
  double bloom_false_positive_rate = 0.01;                  // per table and absent key, at most
  std::uint64_t compaction_threshold_bytes = 256ULL << 20;  // target of level 1
  std::uint64_t tombstone_retention_seconds = 86400;        // tombstones are kept at least this long
  std::uint64_t sstable_max_bytes = 64ULL << 20;            // a flush starts a new table beyond this
  std::uint64_t max_levels = 6;
  std::uint64_t wal_file_rotate_bytes = 64ULL << 20;  // a log longer than this is followed by a new one

  // Added.
  std::string compaction_policy = "one_lvl";  // which runs are merged when: a policy's name
  std::uint64_t compaction_threads = 2;       // merges that may run at once
  std::uint64_t runs_per_level_max = 4;       // tier: so many runs of a level are merged into one
  std::uint64_t level_size_ratio = 10;        // leveled policies: each level's target is so many times the last's
  std::uint64_t level0_compact_runs = 4;      // leveled policies: so many runs of level 0 are merged into level 1
  std::uint64_t level0_slowdown_runs = 20;    // writers are slowed down from so many runs of level 0 on
  std::uint64_t level0_stop_runs = 36;        // and wait from so many on
  std::uint64_t write_slowdown_bytes_per_second = 16ULL << 20;  // what writers may log while they are slowed down
  std::uint64_t compaction_history_max = 100;         // merges whose reasons are kept for `explain compaction`
  std::uint64_t manifest_rotate_bytes = 4ULL << 20;   // a manifest beyond it, and beyond two snapshots, is replaced
  bool create_if_missing = true;                      // where the directory is absent or empty
  std::uint64_t block_bytes = 4096;                   // target size of a table's data block, before compression
  std::string compression = "lz4";                    // of data blocks: none, lz4 or zstd
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
  double low = 0;  // allowed range of a number, both ends in
  double high = 0;
  std::string_view words{};         // allowed texts, separated by spaces; empty: any
  std::string_view meaning{};       // one sentence
  std::string_view worth_trying{};  // values, separated by spaces, smallest first; empty: not for trials
};
std::span<const OptionRow> option_table();
std::string allowed_text(const OptionRow& row);  // "1 to 64", "true or false", "none, lz4 or zstd"; empty: any text
std::vector<std::string_view> values_worth_trying(const OptionRow& row);

// kInvalidArgument naming field, value and allowed range.
Status validate(const Options& options);
// Sets one option from text; does not check ranges (validate does).
Status set_option(Options& options, std::string_view name, std::string_view value);
std::string option_text(const Options& options, const OptionRow& row);

}  // namespace mylonite
