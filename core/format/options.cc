#include "core/format/options.h"

#include <charconv>

#include <fmt/format.h>

namespace mylonite {
namespace {

constexpr double kMi = 1024.0 * 1024.0;
constexpr double kTi = kMi * kMi;

constexpr OptionRow kTable[] = {
    {"data_dir", &Options::data_dir, 0, 0, "the store's directory"},
    {"memtable_max_bytes", &Options::memtable_max_bytes, 1024, 64 * 1024 * kMi,
     "logical bytes of a memtable before it is flushed"},
    {"wal_flush_every_write", &Options::wal_flush_every_write, 0, 0, "sync the log before a write is acknowledged"},
    {"bloom_false_positive_rate", &Options::bloom_false_positive_rate, 0.0001, 0.5,
     "most false positives of a table's filter"},
    {"compaction_threshold_bytes", &Options::compaction_threshold_bytes, 4096, kTi, "target size of level 1"},
    {"tombstone_retention_seconds", &Options::tombstone_retention_seconds, 0, 3.2e9,
     "how long tombstones are kept at least"},
    {"sstable_max_bytes", &Options::sstable_max_bytes, 1024, 64 * 1024 * kMi, "a flush starts a new table beyond this"},
    {"max_levels", &Options::max_levels, 1, 32, "levels of tables"},
    {"wal_file_rotate_bytes", &Options::wal_file_rotate_bytes, 1024, 64 * 1024 * kMi,
     "a longer log is followed by a new one"},
    {"manifest_rotate_bytes", &Options::manifest_rotate_bytes, 1024, 1024 * kMi,
     "a manifest longer than this, and than twice its first record, is replaced by a snapshot"},
    {"compaction_policy", &Options::compaction_policy, 0, 0, "which runs are merged when: a policy's name"},
    {"compaction_threads", &Options::compaction_threads, 1, 64, "merges that may run at once"},
    {"runs_per_level_max", &Options::runs_per_level_max, 2, 1000,
     "tier: a level with this many runs is merged into one"},
    {"level_size_ratio", &Options::level_size_ratio, 2, 1000,
     "leveled: a level's target size in terms of the level above"},
    {"level0_compact_runs", &Options::level0_compact_runs, 1, 1000, "leveled: runs of level 0 that start a merge"},
    {"level0_slowdown_runs", &Options::level0_slowdown_runs, 1, 10000, "runs of level 0 that slow writers down"},
    {"level0_stop_runs", &Options::level0_stop_runs, 2, 10000, "runs of level 0 that make writers wait"},
    {"compaction_history_max", &Options::compaction_history_max, 0, 10000,
     "merges whose reasons are kept for `explain compaction`"},
    {"create_if_missing", &Options::create_if_missing, 0, 0, "create a store where the directory is absent or empty"},
    {"block_bytes", &Options::block_bytes, 64, 4 * kMi, "target size of a data block, before compression"},
    {"compression", &Options::compression, 0, 0, "of data blocks: none, lz4 or zstd"},
    {"block_cache_bytes", &Options::block_cache_bytes, 0, kTi, "most bytes of data blocks kept in memory"},
    {"open_files_max", &Options::open_files_max, 1, 1e6, "most table files held open"},
    {"frozen_memtables_max", &Options::frozen_memtables_max, 1, 64, "memtables awaiting flush before writers wait"},
    {"group_commit_max_bytes", &Options::group_commit_max_bytes, 1, 1024 * kMi, "most log bytes of one commit group"},
    {"history_retention_seconds", &Options::history_retention_seconds, 0, 3.2e9,
     "how long superseded versions are kept"},
};

Error bad_value(std::string_view name, std::string_view value, std::string_view expected) {
  return Error(Code::kInvalidArgument, fmt::format("option {} = '{}': expected {}", name, value, expected));
}

template <class Number>
bool parse_whole(std::string_view text, Number& out) {
  Number parsed{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  out = parsed;
  return true;
}

// One parser a type of option; chosen by the type of the member.
struct Setter {
  Options& options;
  std::string_view name;
  std::string_view value;

  Status operator()(std::uint64_t Options::* member) const {
    if (!parse_whole(value, options.*member)) return bad_value(name, value, "a whole number");
    return {};
  }
  Status operator()(bool Options::* member) const {
    if (value != "true" && value != "false") return bad_value(name, value, "true or false");
    options.*member = value == "true";
    return {};
  }
  Status operator()(double Options::* member) const {
    if (!parse_whole(value, options.*member)) return bad_value(name, value, "a number");
    return {};
  }
  Status operator()(std::string Options::* member) const {
    options.*member = std::string(value);
    return {};
  }
};

struct Text {
  const Options& options;
  std::string operator()(std::uint64_t Options::* member) const { return fmt::format("{}", options.*member); }
  std::string operator()(bool Options::* member) const { return options.*member ? "true" : "false"; }
  std::string operator()(double Options::* member) const { return fmt::format("{}", options.*member); }
  std::string operator()(std::string Options::* member) const { return options.*member; }
};

struct InRange {
  const Options& options;
  const OptionRow& row;
  bool holds(double value) const { return value >= row.low && value <= row.high; }
  bool operator()(std::uint64_t Options::* member) const { return holds(static_cast<double>(options.*member)); }
  bool operator()(bool Options::*) const { return true; }
  bool operator()(double Options::* member) const { return holds(options.*member); }
  bool operator()(std::string Options::*) const { return true; }
};

}  // namespace

std::span<const OptionRow> option_table() { return kTable; }

Status validate(const Options& options) {
  if (options.data_dir.empty()) return bad_value("data_dir", "", "a directory's path");
  if (options.compression != "none" && options.compression != "lz4" && options.compression != "zstd") {
    return bad_value("compression", options.compression, "none, lz4 or zstd");
  }
  for (const OptionRow& row : kTable) {
    if (std::visit(InRange{options, row}, row.member)) continue;
    return bad_value(row.name, option_text(options, row), fmt::format("{:.15g} to {:.15g}", row.low, row.high));
  }
  return {};
}

Status set_option(Options& options, std::string_view name, std::string_view value) {
  for (const OptionRow& row : kTable) {
    if (row.name == name) return std::visit(Setter{options, name, value}, row.member);
  }
  return Error(Code::kInvalidArgument, fmt::format("no option is named '{}'", name));
}

std::string option_text(const Options& options, const OptionRow& row) { return std::visit(Text{options}, row.member); }

}  // namespace mylonite
