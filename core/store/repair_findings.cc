#include "core/store/repair_findings.h"

#include <algorithm>
#include <utility>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

using Fate = RepairReport::File::Fate;

class Finder {
 public:
  Finder(const std::shared_ptr<TableEnvironment>& environment, const RepairFiles& files)
      : environment_(environment),
        fs_(*environment->fs),
        directory_(environment->directory),
        given_(files),
        files_(files.all) {}

  Result<Findings> run() {
    auto tree = tree_by_evidence(fs_, directory_, given_);
    if (!tree.ok()) return tree.error();
    out_.tree = std::move(*tree);
    out_.pooled = out_.tree.source != TreeSource::kManifest;
    out_.highest = out_.tree.highest;
    for (const FileName& file : files_) out_.highest = std::max(out_.highest, file.number);
    if (Status done = check_tables(); !done.ok()) return done.error();
    if (Status done = check_logs(); !done.ok()) return done.error();
    end_report();
    return std::move(out_);
  }

 private:
  Status check_tables();
  Status check_table(FileNumber number, const TableInfo* listed);
  Status check_damaged(FoundTable table, const TableInfo* facts, const std::string& why);
  void note_missing(const TableInfo& info);
  Status check_logs();
  void end_report();
  RepairReport& report() { return out_.report; }

  const std::shared_ptr<TableEnvironment> environment_;
  vfs::FileSystem& fs_;
  const std::string& directory_;
  const RepairFiles& given_;
  const std::vector<FileName>& files_;
  Findings out_;
};

Status Finder::check_tables() {
  const std::vector<FileNumber> present = numbers_of(files_, FileKind::kTable);
  for (const auto& [number, info] : out_.tree.listed) {
    if (!std::ranges::binary_search(present, number)) note_missing(info);
  }
  for (const FileNumber number : present) {
    const auto listed = out_.tree.listed.find(number);
    const bool known = listed != out_.tree.listed.end();
    if (!known && (!out_.pooled || out_.tree.obsolete.contains(number))) {
      ++report().files_ignored;
      continue;
    }
    if (Status done = check_table(number, known ? &listed->second : nullptr); !done.ok()) return done;
  }
  return {};
}

void Finder::note_missing(const TableInfo& info) {
  const std::string name = table_name(info.number);
  if (out_.pooled) {
    report().files.push_back({.name = name,
                              .fate = Fate::kMissing,
                              .why = "listed before the manifest's damage: merged away since, or lost",
                              .kept = {}});
    return;
  }
  out_.newest = std::max(out_.newest, info.newest);
  report().files.push_back({.name = name,
                            .fate = Fate::kMissing,
                            .why = "this table is listed as live, but its file is missing",
                            .kept = {}});
  report().lost_keys.push_back(
      {.file = name, .low = std::string(user_key_of(info.smallest)), .high = std::string(user_key_of(info.largest))});
}

// `listed` null: no manifest knows it.
Status Finder::check_table(FileNumber number, const TableInfo* listed) {
  FoundTable table{.info = {}, .listed = listed != nullptr, .sound = nullptr};
  table.info.number = number;
  std::optional<TableInfo> facts;
  if (listed != nullptr) {
    facts = *listed;
  } else {
    const auto bytes = read_despite_errors(fs_, directory_ + "/" + table_name(number));
    if (!bytes.ok()) return bytes.error();
    auto own = own_facts(*bytes, number);
    if (!own.ok()) return own.error().in(table_name(number));
    facts = std::move(*own);
  }
  if (!facts) return check_damaged(std::move(table), nullptr, "no whole footer: a damaged table, or an unfinished one");
  const auto reader = TableReader::open(environment_, *facts);
  const Status sound = reader.ok() ? (*reader)->verify() : Status(reader.error());
  if (!sound.ok() && sound.error().code() == Code::kUnsupported) return sound;
  if (!sound.ok()) return check_damaged(std::move(table), &*facts, sound.error().to_string());
  table.info = *facts;
  table.sound = *reader;
  out_.newest = std::max(out_.newest, facts->newest);
  out_.tables.push_back(std::move(table));
  return {};
}

Status Finder::check_damaged(FoundTable table, const TableInfo* facts, const std::string& why) {
  const FileNumber number = table.info.number;
  const std::string name = table_name(number);
  const auto bytes = read_despite_errors(fs_, directory_ + "/" + name);
  if (!bytes.ok()) return bytes.error();
  auto salvage = salvage_table(*bytes, number, facts, {});
  if (!salvage.ok()) return salvage.error().in(name);
  for (const TableSalvage::Gap& gap : salvage->gaps) {
    report().lost_keys.push_back({.file = name, .low = gap.low, .high = gap.high});
  }
  if (salvage->range_deletes_lost) {
    RepairReport::LostKeys lost{.file = name, .low = {}, .high = {}, .range_deletes = true};
    if (facts != nullptr) {
      lost.low = std::string(user_key_of(facts->smallest));
      lost.high = std::string(user_key_of(facts->largest));
    }
    report().lost_keys.push_back(std::move(lost));
  }
  if (facts != nullptr) table.info = *facts;
  out_.newest = std::max({out_.newest, salvage->newest, facts == nullptr ? Timestamp() : facts->newest});
  table.salvage = std::move(*salvage);
  report().entries_salvaged += table.salvage.entries;
  report().files.push_back(
      {.name = name, .fate = table.usable() ? Fate::kSalvaged : Fate::kSetAside, .why = why, .kept = {}});
  out_.tables.push_back(std::move(table));
  return {};
}

Status Finder::check_logs() {
  const Version& version = out_.tree.manifest.version;
  LogNeeds needs{.first = {}, .durable = std::max(version.durable_log, version.closed_log), .after = {}};
  std::optional<Error> why;  // of the tree's own logs
  if (!out_.pooled) {
    needs.first = version.first_log;
    needs.after = out_.newest;
    auto chain = LogChain::read({.fs = fs_, .directory = directory_, .files = files_}, out_.tree.manifest, out_.newest);
    if (chain.ok()) {
      report().records_replayed = chain->facts().records;
      report().log_bytes_torn = chain->facts().dropped_bytes;
      out_.newest = std::max(out_.newest, chain->facts().newest);
      out_.chain = std::move(*chain);
      return {};
    }
    if (chain.error().code() == Code::kUnsupported) return chain.error();
    why = chain.error();
  }
  std::vector<FileNumber> numbers = numbers_of(files_, FileKind::kWal);
  if (out_.tree.source != TreeSource::kTables) {
    std::erase_if(numbers, [&](FileNumber number) { return number < version.first_log; });
  }
  auto logs = salvage_logs(fs_, directory_, numbers, needs);
  if (!logs.ok()) return logs.error();
  // Records are newer than all that tables hold. Else the order of tables is in doubt, too.
  if (!logs->batches.empty() && logs->batches.front().at <= needs.after) out_.pooled = true;
  for (RepairReport::File& file : logs->damaged) report().files.push_back(std::move(file));
  if (why && logs->damaged.empty()) {  // logs that contradict one another, and lose nothing
    const auto file = parse_file_name(why->file());
    const bool there = file && std::ranges::find(files_, *file) != files_.end();
    report().files.push_back(
        {.name = why->file(), .fate = there ? Fate::kSalvaged : Fate::kMissing, .why = why->message(), .kept = {}});
  }
  report().lost_logs = logs->lost;
  report().records_replayed = logs->batches.size();
  report().log_bytes_torn = logs->torn_bytes;
  out_.highest = std::max(out_.highest, logs->highest);
  if (!logs->batches.empty()) out_.newest = std::max(out_.newest, logs->batches.back().at);
  out_.logs = std::move(*logs);
  return {};
}

void Finder::end_report() {
  for (RepairReport::File& file : out_.tree.damaged) report().files.push_back(std::move(file));
  report().tree = out_.tree.source;
  report().deletes_may_return = out_.pooled;
  report().sound = report().files.empty() && out_.chain.has_value();
  for (const FoundTable& table : out_.tables) {
    if (table.sound != nullptr) ++report().tables_kept;
  }
}

}  // namespace

Result<Findings> find_damage(const std::shared_ptr<TableEnvironment>& environment, const RepairFiles& files) {
  return Finder(environment, files).run();
}

}  // namespace mylonite
