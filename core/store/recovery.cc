#include "core/store/recovery.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/format/file_names.h"
#include "core/format/write_batch.h"
#include "core/memtable/memtable.h"
#include "core/rt/rt.h"
#include "core/store/flush.h"
#include "core/wal/reader.h"

namespace mylonite {
namespace {

enum class DirectoryState : std::uint8_t { kAbsent, kEmpty, kStore };

struct Listing {
  DirectoryState state = DirectoryState::kAbsent;
  std::vector<FileName> ours;
};

Result<Listing> look(vfs::FileSystem& fs, const std::string& directory) {
  auto there = fs.stat(directory);
  if (!there.ok()) return there.error();
  if (!*there) return Listing{};
  if (!(*there)->is_directory) return Error(Code::kNotAStore, "a file, not a directory").in(directory);
  auto names = fs.list(directory);
  if (!names.ok()) return names.error();
  Listing listing;
  bool has_data = false;
  bool has_current = false;
  bool has_manifest = false;
  for (const std::string& name : *names) {
    const auto ours = parse_file_name(name);
    if (!ours) continue;
    listing.ours.push_back(*ours);
    has_current |= ours->kind == FileKind::kCurrent;
    has_manifest |= ours->kind == FileKind::kManifest;
    has_data |= ours->kind == FileKind::kWal || ours->kind == FileKind::kTable;
  }
  if (has_current) {
    listing.state = DirectoryState::kStore;
  } else if (has_data) {
    return Error(Code::kCorruption, "logs or tables, but no CURRENT: a damaged store").in(directory);
  } else if (has_manifest || names->size() == listing.ours.size()) {
    listing.state = DirectoryState::kEmpty;  // a creation that did not finish leaves a manifest, LOCK, CURRENT.new
  } else {
    return Error(Code::kNotAStore, "not empty and without CURRENT: not a store, left alone").in(directory);
  }
  return listing;
}

// How much of log i its successor vouches for.
std::optional<std::uint64_t> attested_bytes(const std::vector<WalReader>& logs, std::size_t i) {
  if (i + 1 >= logs.size()) return std::nullopt;
  return logs[i + 1].header().previous_bytes;
}

class Recovery {
 public:
  Recovery(vfs::FileSystem& fs, std::string directory, const Options& options)
      : fs_(fs),
        directory_(std::move(directory)),
        options_(options),
        environment_(std::make_shared<TableEnvironment>(fs, directory_, options)) {}

  Result<Recovered> run();

 private:
  Status lock_directory();
  Status create_directory();
  Status read_manifest();
  Status read_logs();
  Status check_chain(const std::vector<WalReader>& logs) const;
  Status check_closed_log(const std::vector<WalReader>& logs) const;
  Status check_records(const std::vector<WalReader>& logs);
  Status replay(const std::vector<WalReader>& logs);
  Status flush_replayed();
  Status commit();
  Status start_log();
  Status remove_left_overs();

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  FileNumber new_file_number() { return FileNumber{version_.next_file.value++}; }

  vfs::FileSystem& fs_;
  std::string directory_;
  const Options& options_;
  std::shared_ptr<TableEnvironment> environment_;

  Listing listing_;
  bool made_lock_ = false;  // in a directory that is a store: taken away again if the open is refused
  LoadedManifest loaded_;
  Version version_;
  OpenTables tables_;
  std::unique_ptr<Memtable> replayed_;
  Timestamp newest_;  // of every entry found
  Recovered result_;
};

Result<Recovered> Recovery::run() {
  auto listing = look(fs_, directory_);
  if (!listing.ok()) return listing.error();
  listing_ = std::move(*listing);
  if (listing_.state != DirectoryState::kStore && !options_.create_if_missing) {
    return Error(Code::kNotAStore, "no store here, and creating one was not asked for").in(directory_);
  }
  using Step = Status (Recovery::*)();
  for (const Step step :
       {&Recovery::create_directory, &Recovery::lock_directory, &Recovery::read_manifest, &Recovery::read_logs,
        &Recovery::commit, &Recovery::start_log, &Recovery::remove_left_overs}) {
    if (Status done = (this->*step)(); !done.ok()) {
      if (made_lock_) ignore(fs_.remove(path(std::string(kLockName))), "a refused store is left as it was found");
      return done.error();
    }
  }
  return std::move(result_);
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
  auto listing = look(fs_, directory_);  // another opener may have been at work until now
  if (!listing.ok()) return listing.error();
  listing_ = std::move(*listing);
  return {};
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
    for (const TableInfo* table : version_.tables()) newest_ = std::max(newest_, table->newest);
  }
  // Files that no manifest lists may stand on the disk: their numbers are used up too.
  for (const FileName& file : listing_.ours) {
    version_.next_file = std::max(version_.next_file, FileNumber{file.number.value + 1});
  }
  return {};
}

Status Recovery::read_logs() {
  std::vector<FileNumber> numbers;
  for (const FileName& file : listing_.ours) {
    if (file.kind == FileKind::kWal && file.number >= version_.first_log) numbers.push_back(file.number);
  }
  std::ranges::sort(numbers);
  std::vector<WalReader> logs;
  for (FileNumber number : numbers) {
    auto reader = WalReader::open(fs_, path(wal_name(number)), number);
    if (!reader.ok()) return reader.error();
    if (*reader) {
      logs.push_back(std::move(**reader));
    } else if (number != numbers.back()) {
      return Error(Code::kCorruption, "the log's header is damaged, although later logs exist").in(wal_name(number), 0);
    }
  }
  if (Status sound = check_chain(logs); !sound.ok()) return sound;
  if (Status sound = check_closed_log(logs); !sound.ok()) return sound;
  if (Status sound = check_records(logs); !sound.ok()) return sound;
  return replay(logs);
}

Status Recovery::check_chain(const std::vector<WalReader>& logs) const {
  FileNumber expected = version_.first_log;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const WalHeader& header = logs[i].header();
    const FileNumber before = i == 0 ? header.previous : logs[i - 1].header().number;
    const bool gap = i == 0 ? header.number != expected : header.previous != before;
    if (gap) {
      return Error(Code::kCorruption, fmt::format("a log before this one is missing: expected {}, found {}",
                                                  i == 0 ? expected.value : header.previous.value,
                                                  i == 0 ? header.number.value : before.value))
          .in(wal_name(header.number), 32);
    }
    const bool newer_manifest = header.manifest > loaded_.number;
    if (newer_manifest || (header.manifest == loaded_.number && header.manifest_record > loaded_.last_record)) {
      return Error(Code::kCorruption, fmt::format("the log attests manifest {} up to record {}, found manifest {} up "
                                                  "to record {}",
                                                  header.manifest.value, header.manifest_record, loaded_.number.value,
                                                  loaded_.last_record))
          .in(manifest_name(loaded_.number));
    }
  }
  return {};
}

Status Recovery::check_closed_log(const std::vector<WalReader>& logs) const {
  if (!version_.closed_log) return {};
  const auto& [number, bytes] = *version_.closed_log;
  if (logs.empty() || logs.back().header().number != number) {
    return Error(Code::kCorruption, "the store was closed with this log, but it is missing or was emptied")
        .in(wal_name(number));
  }
  if (logs.back().bytes() != bytes) {
    return Error(Code::kCorruption,
                 fmt::format("the store was closed with {} bytes in this log, found {}", bytes, logs.back().bytes()))
        .in(wal_name(number), std::min(bytes, logs.back().bytes()));
  }
  return {};
}

// Everything is checked before the first byte is written, so that a damaged store is refused as it was.
Status Recovery::check_records(const std::vector<WalReader>& logs) {
  for (std::size_t i = 0; i < logs.size(); ++i) {
    auto end = logs[i].read(attested_bytes(logs, i), [&](const WalRecord& record) -> Status {
      if (record.at <= newest_) {
        return Error(Code::kCorruption, fmt::format("stamps must ascend: {} after {}", record.at.ticks, newest_.ticks));
      }
      newest_ = record.at;
      ++result_.report.records;
      BatchReader batch(record.payload);
      for (BatchEntry entry; batch.next(entry);) continue;
      if (batch.damaged()) return Error(Code::kCorruption, "a batch that does not parse, under a valid checksum");
      return {};
    });
    if (!end.ok()) return end.error();
    result_.report.log_bytes_dropped += end->dropped_bytes;
    result_.report.clean_close = end->clean_close;
  }
  result_.report.logs = logs.size();
  return {};
}

Status Recovery::replay(const std::vector<WalReader>& logs) {
  for (std::size_t i = 0; i < logs.size(); ++i) {
    auto end = logs[i].read(attested_bytes(logs, i), [&](const WalRecord& record) -> Status {
      if (!replayed_) replayed_ = std::make_unique<Memtable>(logs[i].header().number.value);
      BatchReader batch(record.payload);
      for (BatchEntry entry; batch.next(entry);) replayed_->add(entry.key, record.at, entry.kind, entry.value);
      if (replayed_->bytes() < options_.memtable_max_bytes) return {};
      rt::mark("recovery.flush_in_replay");
      return flush_replayed();
    });
    if (!end.ok()) return end.error();
  }
  return flush_replayed();
}

Status Recovery::flush_replayed() {
  if (!replayed_) return {};
  const std::unique_ptr<Memtable> memtable = std::move(replayed_);
  const RunTarget target{
      .fs = fs_, .directory = directory_, .options = options_, .new_file_number = [this] { return new_file_number(); }};
  const auto edit = flush_memtable(target, *memtable);
  if (!edit.ok()) return edit.error();
  auto version = apply(version_, *edit);
  if (!version.ok()) return version.error();
  version_ = std::move(*version);
  for (const VersionEdit::Added& added : edit->added) {
    auto reader = TableReader::open(environment_, added.table);
    if (!reader.ok()) return reader.error();
    tables_.emplace(added.table.number, std::move(*reader));
  }
  result_.report.tables_written += edit->added.size();
  return {};
}

Status Recovery::commit() {
  const Timestamp seen{std::max(version_.ceiling.ticks, newest_.ticks + 1) - 1};
  const auto first = StampSource::after(seen, rt::wall_ticks());
  // At the end of time the store still opens for reading; writes are refused.
  const Timestamp last = first ? Timestamp{first->ticks - 1} : seen;
  version_.ceiling = StampSource::ceiling_for(last);
  result_.stamps = StampSource(last, version_.ceiling);

  const FileNumber manifest = new_file_number();
  version_.first_log = new_file_number();
  version_.closed_log.reset();
  auto created = Manifest::create(fs_, directory_, manifest, version_);
  if (!created.ok()) return created.error();
  result_.catalog =
      std::make_unique<Catalog>(Catalog::Place{.fs = fs_, .directory = directory_, .tables = environment_},
                                std::move(*created), version_, std::move(tables_));
  result_.catalog->set_manifest_rotate_bytes(options_.manifest_rotate_bytes);
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

Result<Recovered> recover(vfs::FileSystem& fs, const std::string& directory, const Options& options) {
  return Recovery(fs, directory, options).run();
}

}  // namespace mylonite
