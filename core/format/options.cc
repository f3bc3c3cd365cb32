#include <mylonite/options.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/base/sizes.h"

namespace mylonite {
namespace {

constexpr double kMi = 1024.0 * 1024.0;
constexpr double kTi = kMi * kMi;

constexpr OptionRow kTable[] = {
    {.name = "data_dir", .member = &Options::data_dir, .meaning = "the store's directory"},
    {.name = "memtable_max_bytes",
     .member = &Options::memtable_max_bytes,
     .low = 1024,
     .high = 64 * 1024 * kMi,
     .meaning = "logical bytes of a memtable before it is flushed",
     .worth_trying = "1024 16384 1048576 67108864"},
    {.name = "wal_flush_every_write",
     .member = &Options::wal_flush_every_write,
     .meaning = "sync the log before a write is acknowledged; false: hand it to the kernel",
     .worth_trying = "false true"},
    {.name = "bloom_false_positive_rate",
     .member = &Options::bloom_false_positive_rate,
     .low = 0.0001,
     .high = 0.5,
     .meaning = "most false positives of a table's filter",
     .worth_trying = "0.001 0.01 0.2"},
    {.name = "compaction_threshold_bytes",
     .member = &Options::compaction_threshold_bytes,
     .low = 4096,
     .high = kTi,
     .meaning = "target size of level 1, for leveled policies",
     .worth_trying = "4096 65536 4194304 268435456"},
    {.name = "tombstone_retention_seconds",
     .member = &Options::tombstone_retention_seconds,
     .low = 0,
     .high = 3.2e9,
     .meaning = "how long tombstones are kept at least",
     .worth_trying = "0 1 86400"},
    {.name = "sstable_max_bytes",
     .member = &Options::sstable_max_bytes,
     .low = 1024,
     .high = 64 * 1024 * kMi,
     .meaning = "size at which a flush or merge starts a new table",
     .worth_trying = "1024 65536 4194304 67108864"},
    {.name = "max_levels",
     .member = &Options::max_levels,
     .low = 1,
     .high = 32,
     .meaning = "levels of tables",
     .worth_trying = "1 2 4 6"},
    {.name = "wal_file_rotate_bytes",
     .member = &Options::wal_file_rotate_bytes,
     .low = 1024,
     .high = 64 * 1024 * kMi,
     .meaning = "size at which a new log begins",
     .worth_trying = "1024 1048576 67108864"},
    {.name = "compaction_policy",
     .member = &Options::compaction_policy,
     .meaning = "the policy that chooses merges, with its parameters after a colon"},
    {.name = "compaction_threads",
     .member = &Options::compaction_threads,
     .low = 1,
     .high = 64,
     .meaning = "merges that may run at once",
     .worth_trying = "1 2 4"},
    {.name = "compaction_scheduler",
     .member = &Options::compaction_scheduler,
     .words = "run_to_completion fair greedy silk beats",
     .meaning = "which of the merges that have begun goes on after each step",
     .worth_trying = "run_to_completion fair greedy silk beats"},
    {.name = "compaction_jobs_max",
     .member = &Options::compaction_jobs_max,
     .low = 0,
     .high = 64,
     .meaning = "merges that may have begun, and share the threads; at least compaction_threads",
     .worth_trying = "0 4"},
    {.name = "compaction_step_bytes",
     .member = &Options::compaction_step_bytes,
     .low = 1,
     .high = 1024 * kMi,
     .meaning = "bytes of input in a step of a merge; after it the scheduler is asked, and a close heard",
     .worth_trying = "512 16384 262144"},
    {.name = "level_size_ratio",
     .member = &Options::level_size_ratio,
     .low = 2,
     .high = 1000,
     .meaning = "leveled policies: a level's target size in terms of the level above",
     .worth_trying = "2 4 10"},
    {.name = "level0_compact_runs",
     .member = &Options::level0_compact_runs,
     .low = 1,
     .high = 1000,
     .meaning = "leveled policies: runs of level 0 that start a merge",
     .worth_trying = "1 2 4 8"},
    {.name = "aligned_tables",
     .member = &Options::aligned_tables,
     .meaning =
         "leveled policies: a merge's tables end where those of the next level begin, at half to twice their size",
     .worth_trying = "false true"},
    {.name = "level0_slowdown_runs",
     .member = &Options::level0_slowdown_runs,
     .low = 1,
     .high = 10000,
     .meaning = "runs of level 0 that slow writers down",
     .worth_trying = "2 8 20"},
    {.name = "level0_stop_runs",
     .member = &Options::level0_stop_runs,
     .low = 2,
     .high = 10000,
     .meaning = "runs of level 0 that make writers wait",
     .worth_trying = "3 12 36"},
    {.name = "write_slowdown_bytes_per_second",
     .member = &Options::write_slowdown_bytes_per_second,
     .low = 1024,
     .high = kTi,
     .meaning = "log bytes a second of writers while they are slowed down",
     .worth_trying = "65536 1048576 16777216"},
    {.name = "compaction_history_max",
     .member = &Options::compaction_history_max,
     .low = 0,
     .high = 10000,
     .meaning = "merges whose reasons are kept for `explain compaction`",
     .worth_trying = "0 3 100"},
    {.name = "runs_per_level_max",
     .member = &Options::runs_per_level_max,
     .low = 2,
     .high = 1000,
     .meaning = "tier: a level with this many runs is merged into one",
     .worth_trying = "2 4 10"},
    {.name = "manifest_rotate_bytes",
     .member = &Options::manifest_rotate_bytes,
     .low = 1024,
     .high = 1024 * kMi,
     .meaning = "a manifest longer than this, and than twice its first record, is replaced by a snapshot",
     .worth_trying = "1024 65536 4194304"},
    {.name = "create_if_missing",
     .member = &Options::create_if_missing,
     .meaning = "create a store where the directory is absent or empty"},
    {.name = "error_if_exists",
     .member = &Options::error_if_exists,
     .meaning = "refuse to open a store that is there already, and touch nothing"},
    {.name = "block_bytes",
     .member = &Options::block_bytes,
     .low = 64,
     .high = 4 * kMi,
     .meaning = "target size of a data block, before compression",
     .worth_trying = "64 1024 4096 16384"},
    {.name = "compression",
     .member = &Options::compression,
     .words = "none lz4 zstd",
     .meaning = "of data blocks: none, lz4 or zstd",
     .worth_trying = "none lz4 zstd"},
    {.name = "filter_allocation",
     .member = &Options::filter_allocation,
     .words = "uniform monkey",
     .meaning = "every filter has the same rate, or monkey: small runs get better ones, the largest a worse one",
     .worth_trying = "uniform monkey"},
    {.name = "block_cache_bytes",
     .member = &Options::block_cache_bytes,
     .low = 0,
     .high = kTi,
     .meaning = "most bytes of data blocks kept in memory",
     .worth_trying = "0 2000 1048576 67108864"},
    {.name = "open_files_max",
     .member = &Options::open_files_max,
     .low = 1,
     .high = 1e6,
     .meaning = "most table files held open",
     .worth_trying = "1 8 500"},
    {.name = "frozen_memtables_max",
     .member = &Options::frozen_memtables_max,
     .low = 1,
     .high = 64,
     .meaning = "memtables awaiting flush before writers wait",
     .worth_trying = "1 2 4"},
    {.name = "group_commit_max_bytes",
     .member = &Options::group_commit_max_bytes,
     .low = 1,
     .high = 1024 * kMi,
     .meaning = "most log bytes of one commit group",
     .worth_trying = "1 500 1048576"},
    {.name = "history_retention_seconds",
     .member = &Options::history_retention_seconds,
     .low = 0,
     .high = 3.2e9,
     .meaning = "how long superseded versions are kept for reads in the past",
     .worth_trying = "0 1 60"},
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

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

// One parser for each type of option; the type of the member selects it.
struct Setter {
  Options& options;
  std::string_view name;
  std::string_view value;

  Status operator()(std::uint64_t Options::* member) const {
    if (names_a_size(name)) {
      const auto size = parse_size(value);
      if (!size.ok())
        return Error(Code::kInvalidArgument, fmt::format("option {} = '{}': {}", name, value, size.error().message()));
      options.*member = *size;
      return {};
    }
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
  bool operator()(std::string Options::* member) const {
    const std::vector<std::string_view> words = words_of(row.words);
    return words.empty() || std::ranges::find(words, options.*member) != words.end();
  }
};

}  // namespace

std::span<const OptionRow> option_table() { return kTable; }

std::vector<std::string_view> values_worth_trying(const OptionRow& row) { return words_of(row.worth_trying); }

std::string allowed_text(const OptionRow& row) {
  if (std::holds_alternative<bool Options::*>(row.member)) return "true or false";
  if (!std::holds_alternative<std::string Options::*>(row.member)) {
    return fmt::format("{:.15g} to {:.15g}", row.low, row.high);
  }
  const std::vector<std::string_view> words = words_of(row.words);
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  }
  return text;
}

Status validate(const Options& options) {
  if (options.data_dir.empty()) return bad_value("data_dir", "", "a directory's path");
  for (const OptionRow& row : kTable) {
    if (std::visit(InRange{options, row}, row.member)) continue;
    return bad_value(row.name, option_text(options, row), allowed_text(row));
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
