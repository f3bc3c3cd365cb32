#include "core/store/repair.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/compaction/filter_rate.h"
#include "core/rt/rt.h"
#include "core/store/flusher.h"
#include "core/store/listing.h"
#include "core/store/repair_findings.h"
#include "core/store/repair_order.h"
#include "core/store/stamps.h"
#include "core/vfs/path.h"

namespace mylonite {
namespace {

using Fate = RepairReport::File::Fate;

constexpr std::string_view kWorkName = "repair";

struct NewTable {
  TableInfo info;
  std::shared_ptr<const TableReader> reader;
};

class Repair {
 public:
  Repair(std::shared_ptr<vfs::FileSystem> fs, const Options& options)
      : fs_(*fs),
        directory_(options.data_dir),
        options_(options),
        tables_(std::make_shared<TableEnvironment>(fs, directory_, options)),
        work_(std::make_shared<TableEnvironment>(std::move(fs), path(kWorkName), options)) {}

  Result<RepairReport> run(RepairMode mode);

 private:
  Status look_for_store();
  Status write();
  Result<std::set<FileNumber>> tables_in(std::string_view inside);
  Status start_work();
  Status remove_missing();
  Status write_salvaged(const FoundTable& table);
  Status replay();
  Status flush(std::shared_ptr<Memtable>& memtable);
  Status put_in_order();
  Status merge(const std::vector<std::size_t>& members, Run& into);
  Status set_aside();
  Result<std::string> keep(const std::string& name);
  Status commit();
  void clean_up();

  std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  FileNumber new_file_number() { return FileNumber{next_.value++}; }
  RunTarget target(std::uint64_t entries);
  Status open_written(const std::vector<TableInfo>& tables, std::vector<NewTable>& into);
  // In the tree: a place of its own. In a pool: one of many.
  Status add(const VersionEdit& edit);

  vfs::FileSystem& fs_;
  const std::string directory_;
  const Options& options_;
  const std::shared_ptr<TableEnvironment> tables_;
  const std::shared_ptr<TableEnvironment> work_;
  RepairFiles files_;
  Findings found_;
  FileNumber next_;
  Version version_;
  std::vector<NewTable> pool_;
  std::vector<std::string> written_;  // names in the working directory
};

Result<RepairReport> Repair::run(RepairMode mode) {
  if (Status found = look_for_store(); !found.ok()) return found.error();
  const bool had_lock = std::ranges::find(files_.all, FileKind::kLock, &FileName::kind) != files_.all.end();
  const auto lock = fs_.lock(path(kLockName));
  if (!lock.ok()) return lock.error();
  Status done = look_for_store();  // until now another opener may have changed it
  if (done.ok()) {
    auto found = find_damage(tables_, files_);
    done = found.ok() ? Status() : Status(found.error());
    if (found.ok()) found_ = std::move(*found);
  }
  RepairReport& report = found_.report;
  const bool writes = done.ok() && !report.sound && mode == RepairMode::kRepair;
  if (writes) done = write();
  if (!writes && !had_lock) ignore(fs_.remove(path(kLockName)), "the directory is left as it was found");
  if (!done.ok()) return done.error();
  report.dry_run = mode == RepairMode::kDryRun;
  return std::move(report);
}

Status Repair::look_for_store() {
  auto listing = look(fs_, directory_);
  if (!listing.ok()) return listing.error();
  files_.all = std::move(listing->ours);
  const bool something = std::ranges::any_of(files_.all, [](const FileName& file) {
    return file.kind != FileKind::kLock && file.kind != FileKind::kCurrentTemporary;
  });
  if (!something) return Error(Code::kNotAStore, "no store here").in(directory_);
  auto unfinished = tables_in(kWorkName);
  if (!unfinished.ok()) return unfinished.error();
  files_.unfinished = std::move(*unfinished);
  return {};
}

Status Repair::write() {
  const auto lost = tables_in(kLostName);
  if (!lost.ok()) return lost.error();
  next_ = FileNumber{std::max(found_.highest, lost->empty() ? FileNumber() : *lost->rbegin()).value + 1};
  version_ = found_.tree.manifest.version;
  version_.next_file = next_;
  if (found_.pooled) version_.levels.clear();
  if (Status done = start_work(); !done.ok()) return done;
  if (Status done = remove_missing(); !done.ok()) return done;
  for (const FoundTable& table : found_.tables) {
    if (table.sound == nullptr) {
      if (Status done = write_salvaged(table); !done.ok()) return done;
    } else if (found_.pooled) {
      pool_.push_back({.info = table.info, .reader = table.sound});
    }
  }
  using Step = Status (Repair::*)();
  for (const Step step : {&Repair::replay, &Repair::put_in_order, &Repair::set_aside, &Repair::commit}) {
    if (Status done = (this->*step)(); !done.ok()) return done;
  }
  clean_up();
  return {};
}

// The tables in one of the two directories of a repair.
Result<std::set<FileNumber>> Repair::tables_in(std::string_view inside) {
  std::set<FileNumber> tables;
  const auto names = fs_.list(path(inside));
  if (!names.ok() && names.error().code() == Code::kNotFound) return tables;
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    const auto file = parse_file_name(name);
    if (file && file->kind == FileKind::kTable) tables.insert(file->number);
  }
  return tables;
}

// An empty working directory. What a repair left there counts for nothing; outside it may be live.
Status Repair::start_work() {
  const Status made = fs_.make_directory(path(kWorkName));
  if (made.ok() || made.error().code() != Code::kAlreadyExists) return made;
  for (const FileNumber number : files_.unfinished) {
    const std::string name = table_name(number);
    const bool there = std::ranges::find(files_.all, FileName{FileKind::kTable, number}) != files_.all.end();
    if (there && !found_.pooled && !found_.tree.listed.contains(number)) {
      if (Status gone = fs_.remove(path(name)); !gone.ok()) return gone;
    }
    if (Status gone = fs_.remove(path(kWorkName) + "/" + name); !gone.ok()) return gone;
  }
  return {};
}

RunTarget Repair::target(std::uint64_t entries) {
  return {.fs = fs_,
          .directory = path(kWorkName),
          .options = options_,
          .new_file_number =
              [this] {
                const FileNumber number = new_file_number();
                written_.push_back(table_name(number));
                return number;
              },
          .filter_rate = filter_rate_of_run(options_, version_.levels, entries)};
}

Status Repair::open_written(const std::vector<TableInfo>& tables, std::vector<NewTable>& into) {
  for (const TableInfo& info : tables) {
    auto reader = TableReader::open(work_, info);
    if (!reader.ok()) return reader.error();
    into.push_back({.info = info, .reader = std::move(*reader)});
  }
  found_.report.tables_written += tables.size();
  return {};
}

Status Repair::add(const VersionEdit& edit) {
  std::vector<TableInfo> tables;
  for (const VersionEdit::Added& added : edit.added) tables.push_back(added.table);
  std::vector<NewTable> opened;
  if (Status done = open_written(tables, opened); !done.ok()) return done;
  if (found_.pooled) {
    std::ranges::move(opened, std::back_inserter(pool_));
    return {};
  }
  VersionEdit numbered = edit;
  numbered.next_file = next_;
  auto version = apply(version_, numbered);
  if (!version.ok()) return version.error();
  version_ = std::move(*version);
  return {};
}

// The tree goes on without the tables that are gone.
Status Repair::remove_missing() {
  if (found_.pooled) return {};
  VersionEdit edit;
  for (const TableInfo* table : version_.tables()) {
    const bool there =
        std::ranges::any_of(found_.tables, [&](const FoundTable& found) { return found.info.number == table->number; });
    if (!there) edit.removed.push_back(table->number);
  }
  return add(edit);
}

// One table in the place of the damaged one.
Status Repair::write_salvaged(const FoundTable& table) {
  VersionEdit edit;
  std::uint32_t level = 0;
  RunId run{};
  for (std::uint32_t i = 0; i < version_.levels.size(); ++i) {
    for (const Run& each : version_.levels[i].runs) {
      if (std::ranges::find(each.tables, table.info.number, &TableInfo::number) == each.tables.end()) continue;
      level = i;
      run = each.id;
      edit.removed = {table.info.number};
    }
  }
  if (table.usable()) {
    const std::string name = table_name(table.info.number);
    const auto bytes = read_despite_errors(fs_, path(name));
    if (!bytes.ok()) return bytes.error();
    RunTarget to = target(table.salvage.entries);
    to.table_bytes_max = UINT64_MAX;
    RunWriter writer(std::move(to), table.salvage.range_deletes);
    const auto copied =
        salvage_table(*bytes, table.info.number, table.listed ? &table.info : nullptr,
                      [&](std::string_view key, std::string_view value) { return writer.add(key, value); });
    if (!copied.ok()) return copied.error();
    const auto tables = writer.finish();
    if (!tables.ok()) return tables.error();
    for (const TableInfo& made : *tables) edit.added.push_back({.level = level, .run = run, .table = made});
  }
  return add(edit);
}

Status Repair::replay() {
  std::shared_ptr<Memtable> memtable;
  const auto take = [&](const BatchEntry& entry, Timestamp at) {
    if (!memtable) memtable = std::make_shared<Memtable>();
    memtable->add(entry.key, at, entry.kind, entry.value);
  };
  const auto end_batch = [&]() -> Status {
    return memtable && memtable->bytes() >= options_.memtable_max_bytes ? flush(memtable) : Status();
  };
  if (found_.chain) {
    if (Status done = found_.chain->walk(take, end_batch); !done.ok()) return done;
  }
  for (const LogSalvage::Batch& each : found_.logs.batches) {
    BatchReader batch(each.payload);
    for (BatchEntry entry; batch.next(entry);) take(entry, each.at);
    if (Status done = end_batch(); !done.ok()) return done;
  }
  return flush(memtable);
}

Status Repair::flush(std::shared_ptr<Memtable>& memtable) {
  if (!memtable) return {};
  const auto flushed = flush_memtable(target(memtable->entries()), *memtable,
                                      {.floor = kTimestampMin, .tombstones_until = kTimestampMin, .older = {}});
  memtable.reset();
  if (!flushed.ok()) return flushed.error();
  return add(flushed->edit);
}

// The pool as runs of level 0.
Status Repair::put_in_order() {
  if (!found_.pooled) return {};
  std::vector<TableInfo> infos;
  for (const NewTable& table : pool_) infos.push_back(table.info);
  const TableOrder order = order_tables(infos);
  Level level;
  for (const std::vector<std::size_t>& layer : order.layers) {
    Run run{.id = RunId{new_file_number().value}, .tables = {}};
    for (const std::size_t i : layer) run.tables.push_back(pool_[i].info);
    level.runs.push_back(std::move(run));
  }
  if (level.runs.empty() && !order.merges.empty()) {
    level.runs.push_back({.id = RunId{new_file_number().value}, .tables = {}});
  }
  for (const std::vector<std::size_t>& members : order.merges) {
    if (Status done = merge(members, level.runs.front()); !done.ok()) return done;
  }
  for (Run& run : level.runs) {
    std::ranges::sort(run.tables, [](const TableInfo& a, const TableInfo& b) {
      return compare_internal(a.smallest, b.smallest) < 0;
    });
  }
  std::ranges::reverse(level.runs);  // newest first
  if (!level.runs.empty()) version_.levels = {std::move(level)};
  return {};
}

Status Repair::merge(const std::vector<std::size_t>& members, Run& into) {
  TableList tables;
  std::uint64_t entries = 0;
  for (const std::size_t i : members) {
    tables.push_back(pool_[i].reader);
    entries += pool_[i].info.entries;
    found_.report.tables_merged += pool_[i].info.number <= found_.highest ? 1 : 0;
  }
  const auto merged = merge_all_versions(target(entries), tables);
  if (!merged.ok()) return merged.error();
  found_.report.tables_written += merged->size();
  std::ranges::copy(*merged, std::back_inserter(into.tables));
  return {};
}

// Before the commit: until then the directory must stay as it is, and behind it an open would remove these files.
Status Repair::set_aside() {
  if (Status made = fs_.make_directory(path(kLostName)); !made.ok() && made.error().code() != Code::kAlreadyExists) {
    return made;
  }
  for (RepairReport::File& file : found_.report.files) {
    if (file.fate == Fate::kMissing) continue;
    auto kept = keep(file.name);
    if (!kept.ok()) return kept.error();
    file.kept = std::move(*kept);
  }
  if (Status done = fs_.sync_directory(path(kLostName)); !done.ok()) return done;
  return fs_.sync_directory(directory_);
}

// A second name of the file in the directory `lost`. The same bytes may be there from a repair that did not end.
Result<std::string> Repair::keep(const std::string& name) {
  for (int tries = 1;; ++tries) {
    const std::string as = fmt::format("{}/{}{}", kLostName, name, tries == 1 ? "" : fmt::format(".{}", tries));
    const Status linked = fs_.link(path(name), path(as));
    if (linked.ok()) return as;
    if (linked.error().code() != Code::kAlreadyExists) return linked.error();
    const auto here = read_despite_errors(fs_, path(name));
    const auto there = read_despite_errors(fs_, path(as));
    if (!here.ok()) return here.error();
    if (there.ok() && *here == *there) return as;
  }
}

Status Repair::commit() {
  for (const TableInfo* table : version_.tables()) {
    const std::string name = table_name(table->number);
    if (std::ranges::find(written_, name) == written_.end()) continue;
    if (Status done = fs_.link(path(kWorkName) + "/" + name, path(name)); !done.ok()) return done;
  }
  if (Status done = fs_.sync_directory(directory_); !done.ok()) return done;
  const RepairReport& report = found_.report;
  if (found_.pooled || !report.lost_keys.empty() || !report.lost_logs.empty()) {
    version_.history_floor = std::max(version_.history_floor, found_.newest);
  }
  const std::uint64_t wall = StampSource::clock_is_usable(rt::wall_ticks()) ? rt::wall_ticks() : 0;
  version_.ceiling = StampSource::ceiling_for(
      Timestamp{std::max({version_.ceiling.ticks, found_.tree.ceiling.ticks, found_.newest.ticks + 1, wall})});
  const FileNumber manifest = new_file_number();
  version_.first_log = new_file_number();
  version_.closed_log.reset();
  version_.durable_log.reset();
  version_.next_file = next_;
  if (Status sound = check_structure(version_); !sound.ok()) return sound;
  const auto created = Manifest::create(fs_, directory_, manifest, version_);
  return created.ok() ? Status() : Status(created.error());
}

void Repair::clean_up() {
  for (const RepairReport::File& file : found_.report.files) {
    if (file.kept.empty() || file.name == kCurrentName) continue;
    ignore(fs_.remove(path(file.name)), "the next open removes it");
  }
  for (const std::string& name : written_) {
    ignore(fs_.remove(path(kWorkName) + "/" + name), "a second name of a live table does no harm");
  }
  ignore(fs_.remove_directory(path(kWorkName)), "an empty directory does no harm");
  ignore(fs_.sync_directory(directory_), "what comes back is removed by the next open");
}

}  // namespace

Result<RepairReport> repair_store(std::shared_ptr<vfs::FileSystem> fs, const Options& options, RepairMode mode) {
  return Repair(std::move(fs), options).run(mode);
}

}  // namespace mylonite
