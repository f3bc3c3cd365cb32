#include "core/store/repair_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/store/repair_logs.h"

namespace mylonite {
namespace {

using Fate = RepairReport::File::Fate;

class Evidence {
 public:
  Evidence(vfs::FileSystem& fs, const std::string& directory, const RepairFiles& files)
      : fs_(fs), directory_(directory), files_(files.all), unfinished_(files.unfinished) {}

  Result<TreeEvidence> run() {
    if (Status done = scan(); !done.ok()) return done.error();
    if (!choose()) return std::move(out_);
    replay();
    if (contradicted()) {
      take_part();
    } else {
      out_.source = TreeSource::kManifest;
    }
    return std::move(out_);
  }

 private:
  Status scan();
  void note_facts(const VersionEdit& edit);
  bool choose();
  void replay();
  bool contradicted() const;
  bool misses_files() const;
  void take_part();
  bool usable(FileNumber number) const {
    const auto found = scans_.find(number);
    return found != scans_.end() && !found->second.records.empty() && found->second.records.front().n == 0;
  }
  const ManifestScan& chosen() const { return scans_.at(out_.manifest.number); }
  void damage(std::string name, Fate fate, std::string why) {
    out_.damaged.push_back({.name = std::move(name), .fate = fate, .why = std::move(why), .kept = {}});
  }

  vfs::FileSystem& fs_;
  const std::string& directory_;
  const std::vector<FileName>& files_;
  const std::set<FileNumber>& unfinished_;
  std::map<FileNumber, ManifestScan> scans_;
  bool stale_ = false;       // a newer manifest was in force
  bool doubtful_ = false;    // a newer manifest may have been in force
  std::size_t applied_ = 0;  // whole records without a gap
  TreeEvidence out_;
};

Status Evidence::scan() {
  for (const FileNumber number : numbers_of(files_, FileKind::kManifest)) {
    auto scanned = scan_manifest(fs_, directory_, number);
    if (!scanned.ok() && scanned.error().code() == Code::kUnsupported) return scanned.error();
    if (!scanned.ok()) scanned = ManifestScan{};
    for (const ManifestRecord& record : scanned->records) note_facts(record.edit);
    out_.highest = std::max(out_.highest, number);
    scans_.emplace(number, std::move(*scanned));
  }
  return {};
}

void Evidence::note_facts(const VersionEdit& edit) {
  auto seen = [&](std::uint64_t number) { out_.highest = std::max(out_.highest, FileNumber{number}); };
  if (edit.next_file && edit.next_file->value > 0) seen(edit.next_file->value - 1);
  if (edit.first_log) seen(edit.first_log->value);
  for (const VersionEdit::Added& added : edit.added) {
    seen(added.table.number.value);
    seen(added.run.value);
  }
  for (const JobRecord& job : edit.jobs) seen(job.id);
  if (edit.ceiling) out_.ceiling = std::max(out_.ceiling, *edit.ceiling);
}

// False: no manifest can be used.
bool Evidence::choose() {
  const auto current = current_manifest(fs_, directory_);
  if (current.ok() && usable(*current)) {
    out_.manifest.number = *current;
    return true;
  }
  const bool there = std::ranges::find(files_, FileKind::kCurrent, &FileName::kind) != files_.end();
  if (!current.ok()) {
    damage(std::string(kCurrentName), there ? Fate::kSetAside : Fate::kMissing, current.error().message());
  } else if (scans_.contains(*current)) {
    damage(manifest_name(*current), Fate::kSetAside, "its first record is damaged");
  } else {
    damage(manifest_name(*current), Fate::kMissing, "CURRENT names this manifest, but it is missing");
  }
  for (auto each = scans_.rbegin(); each != scans_.rend(); ++each) {
    const bool older = current.ok() && each->first < *current;
    if (older && !scans_[*current].records.empty()) break;
    if (usable(each->first)) {
      out_.manifest.number = each->first;
      stale_ = older;
      return true;
    }
    doubtful_ = true;
  }
  // The one that was in force, without its beginning: what it says of single tables counts.
  if (!current.ok() || scans_[*current].records.empty()) return false;
  out_.manifest.number = *current;
  stale_ = true;
  return true;
}

// The version by the records up to the first that cannot be read.
void Evidence::replay() {
  LoadedManifest& loaded = out_.manifest;
  std::uint64_t end = 0;
  for (const ManifestRecord& record : chosen().records) {
    if (record.offset != end || record.n != (applied_ == 0 ? 0 : loaded.last_record + 1)) break;
    auto version = apply(loaded.version, record.edit);
    if (!version.ok()) break;
    loaded.version = std::move(*version);
    loaded.last_record = record.n;
    end = record.offset + record.bytes;
    ++applied_;
  }
  loaded.dropped_bytes = chosen().bytes - end;
  for (const TableInfo* table : loaded.version.tables()) out_.listed.emplace(table->number, *table);
}

bool Evidence::misses_files() const {
  const std::vector<FileNumber> tables = numbers_of(files_, FileKind::kTable);
  for (const auto& [number, info] : out_.listed) {
    if (!std::ranges::binary_search(tables, number)) return true;
  }
  const std::vector<FileNumber> logs = numbers_of(files_, FileKind::kWal);
  const auto first = std::ranges::lower_bound(logs, out_.manifest.version.first_log);
  return first != logs.end() && *first != out_.manifest.version.first_log;
}

bool Evidence::contradicted() const {
  if (stale_ || applied_ < chosen().records.size()) return true;
  const auto attested = newest_attested(fs_, directory_, numbers_of(files_, FileKind::kWal));
  const LoadedManifest& loaded = out_.manifest;
  if (attested && (attested->manifest > loaded.number ||
                   (attested->manifest == loaded.number && attested->record > loaded.last_record))) {
    return true;
  }
  const bool unknown_tables = std::ranges::any_of(files_, [&](const FileName& file) {
    return file.kind == FileKind::kTable && file.number >= loaded.version.next_file &&
           !unfinished_.contains(file.number);
  });
  if (doubtful_ && unknown_tables) return true;
  return misses_files() && (loaded.dropped_bytes > 0 || unknown_tables);
}

// Each whole record says what it knows, whatever was lost between them.
void Evidence::take_part() {
  out_.source = TreeSource::kManifestPart;
  const std::string name = manifest_name(out_.manifest.number);
  if (std::ranges::find(out_.damaged, name, &RepairReport::File::name) == out_.damaged.end()) {
    const std::uint64_t at = chosen().bytes - out_.manifest.dropped_bytes;
    damage(name, Fate::kSalvaged, fmt::format("records are lost from byte {} on", at));
  }
  Version& version = out_.manifest.version;
  version.levels.clear();
  out_.listed.clear();
  for (const ManifestRecord& record : chosen().records) {
    const VersionEdit& edit = record.edit;
    for (const FileNumber number : edit.removed) {
      out_.listed.erase(number);
      out_.obsolete.insert(number);
    }
    for (const VersionEdit::Added& added : edit.added) {
      out_.listed.insert_or_assign(added.table.number, added.table);
      out_.obsolete.erase(added.table.number);
    }
    if (edit.first_log) version.first_log = std::max(version.first_log, *edit.first_log);
    if (edit.history_floor) version.history_floor = std::max(version.history_floor, *edit.history_floor);
    if (edit.expired_through) version.expired_through = std::max(version.expired_through, *edit.expired_through);
    if (edit.closed_log) version.closed_log = edit.closed_log;
    if (edit.durable_log) version.durable_log = std::max(version.durable_log, edit.durable_log);
    if (edit.policy) version.policy = edit.policy;
  }
}

}  // namespace

std::vector<FileNumber> numbers_of(const std::vector<FileName>& files, FileKind kind) {
  std::vector<FileNumber> numbers;
  for (const FileName& file : files) {
    if (file.kind == kind) numbers.push_back(file.number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<TreeEvidence> tree_by_evidence(vfs::FileSystem& fs, const std::string& directory, const RepairFiles& files) {
  return Evidence(fs, directory, files).run();
}

}  // namespace mylonite
