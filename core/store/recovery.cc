#include "core/store/recovery.h"
#include "core/format/batch_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/compaction/filter_rate.h"
#include "core/format/file_names.h"
#include "core/memtable/memtable.h"
#include "core/rt/rt.h"
#include "core/store/flusher.h"
#include "core/store/listing.h"
#include "core/store/log_chain.h"

namespace mylonite {
namespace {

class Recovery {
 public:
  Recovery(std::shared_ptr<vfs::FileSystem> fs, std::string directory, const Options& options, bool read_only)
      : fs_(*fs),
        directory_(std::move(directory)),
        options_(options),
        read_only_(read_only),
        environment_(std::make_shared<TableEnvironment>(std::move(fs), directory_, options)) {}

  Result<Recovered> run();

 private:
  Status look_for_store();
  Status lock_directory();
  Status create_directory();
  Status read_manifest();
  Status read_logs();
  Status check_tables() const;
  Error told_of_manifest(const Error& error) const;
  Status end_memtable();
  Status flush_replayed();
  void start_stamps();
  Status commit();
  Status go_read_only();
  Status start_log();
  Status remove_left_overs();

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  FileNumber new_file_number() { return FileNumber{version_.next_file.value++}; }

  vfs::FileSystem& fs_;
  std::string directory_;
  const Options& options_;
  const bool read_only_;
  std::shared_ptr<TableEnvironment> environment_;

  Listing listing_;
  bool made_lock_ = false;  // in a directory that is a store: removed again if the open is refused
  LoadedManifest loaded_;
  Version version_;
  OpenTables tables_;
  std::shared_ptr<Memtable> replayed_;
  Timestamp newest_;  // of every entry found
  Recovered result_;
};

Result<Recovered> Recovery::run() {
  const std::uint64_t from = rt::monotonic_ns();
  if (Status found = look_for_store(); !found.ok()) return found.error();
  using Step = Status (Recovery::*)();
  const std::vector<Step> reading = {&Recovery::read_manifest, &Recovery::read_logs, &Recovery::go_read_only};
  const std::vector<Step> opening = {&Recovery::create_directory, &Recovery::lock_directory, &Recovery::read_manifest,
                                     &Recovery::read_logs,        &Recovery::commit,         &Recovery::start_log,
                                     &Recovery::remove_left_overs};
  for (const Step step : read_only_ ? reading : opening) {
    if (Status done = (this->*step)(); !done.ok()) {
      if (made_lock_) ignore(fs_.remove(path(std::string(kLockName))), "a refused store is left as it was found");
      return done.error();
    }
  }
  result_.report.duration_ns = rt::monotonic_ns() - from;
  return std::move(result_);
}

// What is here, if it may be opened as the options say.
Status Recovery::look_for_store() {
  auto listing = look(fs_, directory_);
  if (!listing.ok()) return listing.error();
  listing_ = std::move(*listing);
  switch (listing_.state) {
    case DirectoryState::kStore:
      if (read_only_ || !options_.error_if_exists) return {};
      return Error(Code::kAlreadyExists, "a store is here already, and a new one was asked for").in(directory_);
    case DirectoryState::kDamaged:
      return Error(Code::kCorruption,
                   "logs or tables, but no CURRENT: a damaged store, or one whose destruction did not end")
          .in(directory_);
    case DirectoryState::kForeign:
      return Error(Code::kNotAStore, "not empty and without CURRENT: not a store, left alone").in(directory_);
    case DirectoryState::kAbsent:
    case DirectoryState::kEmpty: break;
  }
  if (!read_only_ && options_.create_if_missing) return {};
  return Error(Code::kNotAStore, "no store here").in(directory_);
}

Status Recovery::create_directory() {
  if (listing_.state == DirectoryState::kStore) return {};
  if (listing_.state == DirectoryState::kAbsent) {
    if (Status done = fs_.make_directory(directory_); !done.ok()) return done;
  }
  // An empty directory may be one whose own name was never made durable.
  const std::size_t slash = directory_.rfind('/');
  return fs_.sync_directory(slash == std::string::npos ? "" : directory_.substr(0, slash));
}

Status Recovery::lock_directory() {
  const bool there =
      std::ranges::any_of(listing_.ours, [](const FileName& file) { return file.kind == FileKind::kLock; });
  auto lock = fs_.lock(path(std::string(kLockName)));
  if (!lock.ok()) return lock.error();
  made_lock_ = !there && listing_.state == DirectoryState::kStore;
  result_.lock = std::move(*lock);
  return look_for_store();  // until now another opener may have changed it
}

Status Recovery::read_manifest() {
  result_.report.created = listing_.state != DirectoryState::kStore;
  if (!result_.report.created) {
    auto loaded = load_manifest(fs_, directory_);
    if (!loaded.ok()) return loaded.error();
    loaded_ = std::move(*loaded);
    version_ = loaded_.version;
    result_.report.manifest_bytes_dropped = loaded_.dropped_bytes;
    auto tables = open_tables(environment_, version_);
    if (!tables.ok()) return tables.error();
    tables_ = std::move(*tables);
    for (const auto& [number, table] : tables_) result_.report.tables_damaged += table->opened_damaged() ? 1 : 0;
    if (Status sound = check_tables(); !sound.ok()) return sound;
    for (const TableInfo* table : version_.tables()) newest_ = std::max(newest_, table->newest);
  }
  // Files that no manifest lists may be on the disk: their numbers are used, too.
  for (const FileName& file : listing_.ours) {
    version_.next_file = std::max(version_.next_file, FileNumber{file.number.value + 1});
  }
  return {};
}

// A manifest whose last record is damaged looks like one whose last edit never finished. If a file is missing then, the
// record was there, and told that the file may go.
Error Recovery::told_of_manifest(const Error& error) const {
  const bool misses_file = error.code() == Code::kCorruption && !error.offset();
  if (loaded_.dropped_bytes == 0 || !misses_file) return error;
  return Error(Code::kCorruption, fmt::format("the manifest's last {} bytes are damaged, and without them {}",
                                              loaded_.dropped_bytes, error.to_string()))
      .in(manifest_name(loaded_.number), loaded_.valid_bytes);
}

// A damaged table costs its own keys only. But a missing one may be what the manifest's lost end replaced, and then the
// open must not remove those that replaced it.
Status Recovery::check_tables() const {
  for (const auto& [number, table] : tables_) {
    if (!table->opened_damaged() || !table->is_missing()) continue;
    return told_of_manifest(
        Error(Code::kCorruption, "this table is listed as live, but its file is missing").in(table_name(number)));
  }
  return {};
}

Status Recovery::read_logs() {
  auto logs = LogChain::read({.fs = fs_, .directory = directory_, .files = listing_.ours}, loaded_, newest_);
  if (!logs.ok()) return told_of_manifest(logs.error());
  const LogChain::Facts& facts = logs->facts();
  newest_ = facts.newest;
  result_.report.logs = logs->logs();
  result_.report.records = facts.records;
  result_.report.log_bytes_dropped = facts.dropped_bytes;
  result_.report.clean_close = facts.clean_close;
  Status replayed = logs->walk(
      [&](const BatchEntry& entry, Timestamp at) {
        if (!replayed_) replayed_ = std::make_shared<Memtable>();
        replayed_->add(entry.key, at, entry.kind, entry.value);
      },
      [&]() -> Status {
        if (!replayed_ || replayed_->bytes() < options_.memtable_max_bytes) return {};
        rt::mark("recovery.flush_in_replay");
        return end_memtable();
      });
  if (!replayed.ok()) return replayed;
  return end_memtable();
}

// Moves the replayed entries into tables, or keeps them in memory for a read-only open.
Status Recovery::end_memtable() {
  if (!replayed_) return {};
  if (!read_only_) return flush_replayed();
  result_.memtables.push_back(std::exchange(replayed_, nullptr));
  return {};
}

Status Recovery::flush_replayed() {
  const std::shared_ptr<Memtable> memtable = std::exchange(replayed_, nullptr);
  const RunTarget target{.fs = fs_,
                         .directory = directory_,
                         .options = options_,
                         .new_file_number = [this] { return new_file_number(); },
                         .filter_rate = filter_rate_of_run(options_, version_.levels, memtable->entries())};
  const auto flushed =
      flush_memtable(target, *memtable, {.floor = kTimestampMin, .tombstones_until = kTimestampMin, .older = {}});
  if (!flushed.ok()) return flushed.error();
  const VersionEdit& edit = flushed->edit;
  auto version = apply(version_, edit);
  if (!version.ok()) return version.error();
  version_ = std::move(*version);
  for (const VersionEdit::Added& added : edit.added) {
    auto reader = TableReader::open(environment_, added.table);
    if (!reader.ok()) return reader.error();
    tables_.emplace(added.table.number, std::move(*reader));
  }
  result_.report.tables_written += edit.added.size();
  return {};
}

void Recovery::start_stamps() {
  const Timestamp seen{std::max(version_.ceiling.ticks, newest_.ticks + 1) - 1};
  const auto first = StampSource::after(seen, rt::wall_ticks());
  // With the stamps used up, the store still opens for reading; writes are refused.
  const Timestamp last = first ? Timestamp{first->ticks - 1} : seen;
  version_.ceiling = StampSource::ceiling_for(last);
  result_.stamps = StampSource(last, version_.ceiling);
}

Status Recovery::go_read_only() {
  const Timestamp seen{std::max(version_.ceiling.ticks, newest_.ticks + 1) - 1};
  result_.stamps = StampSource(seen, version_.ceiling);
  result_.catalog =
      std::make_unique<Catalog>(Catalog::StoreDirectory{.fs = fs_, .directory = directory_, .tables = environment_},
                                nullptr, version_, std::move(tables_));
  return {};
}

Status Recovery::commit() {
  start_stamps();
  const FileNumber manifest = new_file_number();
  version_.first_log = new_file_number();
  version_.closed_log.reset();
  version_.durable_log.reset();
  auto created = Manifest::create(fs_, directory_, manifest, version_);
  if (!created.ok()) return created.error();
  result_.catalog =
      std::make_unique<Catalog>(Catalog::StoreDirectory{.fs = fs_,
                                                        .directory = directory_,
                                                        .tables = environment_,
                                                        .manifest_rotate_bytes = options_.manifest_rotate_bytes},
                                std::move(*created), version_, std::move(tables_));
  return {};
}

Status Recovery::start_log() {
  const Catalog::Position position = result_.catalog->position();
  auto wal = WalWriter::create(fs_, directory_,
                               WalHeader{.number = version_.first_log,
                                         .salt = rt::entropy64(),
                                         .previous = {},
                                         .previous_bytes = 0,
                                         .manifest = position.manifest,
                                         .manifest_record = position.last_record});
  if (!wal.ok()) return wal.error();
  result_.wal = std::move(*wal);
  return {};
}

Status Recovery::remove_left_overs() {
  std::vector<FileNumber> live;
  for (const TableInfo* table : version_.tables()) live.push_back(table->number);
  std::ranges::sort(live);
  for (const FileName& file : listing_.ours) {
    std::string name;
    if (file.kind == FileKind::kWal) name = wal_name(file.number);
    if (file.kind == FileKind::kManifest) name = manifest_name(file.number);
    if (file.kind == FileKind::kTable && !std::ranges::binary_search(live, file.number)) name = table_name(file.number);
    if (name.empty()) continue;
    if (Status gone = fs_.remove(path(name)); !gone.ok()) return gone;
    ++result_.report.files_removed;
  }
  return {};
}

}  // namespace

Result<Recovered> recover(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory, const Options& options) {
  return Recovery(std::move(fs), directory, options, false).run();
}

Result<Recovered> recover_read_only(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory,
                                    const Options& options) {
  return Recovery(std::move(fs), directory, options, true).run();
}

}  // namespace mylonite
