#include "core/tool/verify.h"
#include "core/format/batch_reader.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/sst/table_reader.h"
#include "core/store/log_chain.h"
#include "core/store/repair.h"
#include "core/tool/beside_writer.h"
#include "core/tool/table_file.h"
#include "core/tool/text.h"
#include "core/version/manifest.h"

namespace mylonite::tool {
namespace {

using Say = std::function<Status(std::string_view)>;

class Verification {
 public:
  Verification(const StoreDirectory& store, const Options& options, const cli::Form& form, Say say)
      : store_(store),
        form_(form),
        say_(std::move(say)),
        began_(state_of(store.whole)),
        environment_(std::make_shared<TableEnvironment>(*store.fs, store.directory, options)) {}

  Status run() {
    using Step = Status (Verification::*)();
    for (const Step step : {&Verification::check_manifest, &Verification::check_logs, &Verification::check_tables,
                            &Verification::note_others, &Verification::summary}) {
      if (Status done = (this->*step)(); !done.ok()) return done;
    }
    return {};
  }
  std::uint64_t damages() const { return damages_; }
  const std::string& summary_text() const { return summary_; }

 private:
  Status check_manifest();
  Status check_logs();
  Status check_log(FileNumber number);
  Status check_tables();
  Status check_table(const TableInfo& info);
  Status note_others();
  Status summary();

  // Damage is reported and counted, once; any other failure ends the verification.
  Status count_damage(const Status& found);
  Status note(const std::string& file, const std::string& what);
  Result<LoadedManifest> load() const {
    return despite_a_writer(store_.whole, [this] { return load_manifest(*store_.fs, store_.directory); });
  }
  bool changed() const { return state_of(store_.whole) != began_; }
  // Whether the newest manifest needs the file no longer. A writer removes it then, and it need not be sound.
  bool is_over(FileKind kind, FileNumber number) const;
  const Version* version() const { return loaded_ ? &loaded_->version : nullptr; }

  const StoreDirectory& store_;
  const cli::Form& form_;
  const Say say_;
  const std::string began_;  // the directory's state then
  std::string summary_;
  std::shared_ptr<TableEnvironment> environment_;
  std::optional<LoadedManifest> loaded_;
  std::set<std::string> reported_;
  std::uint64_t damages_ = 0;
  std::uint64_t logs_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t tables_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;  // of tables
  std::uint64_t notes_ = 0;
};

Status Verification::count_damage(const Status& found) {
  if (found.ok()) return {};
  const Error& error = found.error();
  if (error.code() != Code::kCorruption && error.code() != Code::kUnsupported && error.code() != Code::kNotFound) {
    return found;
  }
  // A log is looked at alone and in its chain: one place is one damage.
  const std::string place = error.offset() ? fmt::format("{} {}", error.file(), *error.offset()) : error.to_string();
  if (!reported_.insert(place).second) return {};
  ++damages_;
  if (!form_.json) return say_(fmt::format("damage: {}\n", error.to_string()));
  JsonObject object;
  object.text("damage", error.message()).text("code", code_name(error.code())).text("file", error.file());
  if (error.offset()) object.number("offset", *error.offset());
  return say_(object.line());
}

Status Verification::note(const std::string& file, const std::string& what) {
  ++notes_;
  if (form_.json) return say_(JsonObject().text("note", what).text("file", file).line());
  return say_(fmt::format("note: {}: {}\n", file, what));
}

Status Verification::check_manifest() {
  auto loaded = load();
  if (!loaded.ok()) return count_damage(loaded.error());
  loaded_ = std::move(*loaded);
  if (loaded_->dropped_bytes > 0) {
    Status done = note(manifest_name(loaded_->number),
                       fmt::format("a torn end of {} bytes: a change that never finished", loaded_->dropped_bytes));
    if (!done.ok()) return done;
  }
  return count_damage(check_structure(loaded_->version));
}

bool Verification::is_over(FileKind kind, FileNumber number) const {
  const auto now = load();
  if (!now.ok()) return false;
  return kind == FileKind::kWal ? number < now->version.first_log : find_listed(now->version, number).info == nullptr;
}

Status Verification::check_logs() {
  for (FileNumber number : store_.numbers(FileKind::kWal)) {
    if (version() != nullptr && number < version()->first_log) continue;
    if (Status done = check_log(number); !done.ok()) return done;
  }
  if (version() == nullptr) return {};
  // The chain goes with the manifest of its moment, which is read again for that.
  const auto chain = despite_a_writer(store_.whole, [this]() -> Result<LogChain> {
    const auto loaded = load_manifest(*store_.fs, store_.directory);
    if (!loaded.ok()) return loaded.error();
    const auto files = store_.ours_now();
    if (!files.ok()) return files.error();
    Timestamp newest;  // of the tables' entries: the logs' records are newer
    for (const TableInfo* table : loaded->version.tables()) newest = std::max(newest, table->newest);
    return LogChain::read({.fs = *store_.fs, .directory = store_.directory, .files = *files}, *loaded, newest);
  });
  if (!chain.ok()) return count_damage(chain.error());
  records_ = chain->facts().records;
  if (chain->facts().dropped_bytes == 0 || changed()) return {};
  return note("logs", fmt::format("a torn tail of {} bytes: writes that were never known durable",
                                  chain->facts().dropped_bytes));
}

// Checks one log by itself; the chain checks what logs attest of one another.
Status Verification::check_log(FileNumber number) {
  ++logs_;
  const auto log = WalReader::open(*store_.fs, store_.path(wal_name(number)), number);
  if (!log.ok()) return is_over(FileKind::kWal, number) ? Status() : count_damage(log.error());
  if (!*log) return {};
  const bool closed = version() != nullptr && version()->closed_log && version()->closed_log->number == number;
  const auto attested = closed ? std::optional(version()->closed_log->bytes) : std::nullopt;
  const auto end = (*log)->read({.length = attested}, [](const WalRecord& record) -> Status {
    BatchReader batch(record.payload);
    for (BatchEntry entry; batch.next(entry);) continue;
    if (batch.damaged()) return Error(Code::kCorruption, "a batch that does not parse, under a valid checksum");
    return {};
  });
  return end.ok() || is_over(FileKind::kWal, number) ? Status() : count_damage(end.error());
}

Status Verification::check_tables() {
  if (version() != nullptr) {
    for (const TableInfo* table : version()->tables()) {
      if (Status done = check_table(*table); !done.ok()) return done;
    }
    return {};
  }
  for (FileNumber number : store_.numbers(FileKind::kTable)) {
    const auto table = open_table_file(store_, number);
    if (Status done = table.ok() ? check_table(table->own) : count_damage(table.error()); !done.ok()) return done;
  }
  return {};
}

Status Verification::check_table(const TableInfo& info) {
  ++tables_;
  const auto table = TableReader::open(environment_, info);
  const Status sound = table.ok() ? (*table)->verify() : Status(table.error());
  if (!sound.ok() && version() != nullptr && is_over(FileKind::kTable, info.number)) {
    --tables_;
    return {};
  }
  if (!table.ok()) return count_damage(table.error());
  entries_ += info.entries;
  bytes_ += info.file_bytes;
  return count_damage(sound);
}

Status Verification::note_others() {
  const bool moved = changed();
  if (moved) {
    Status done = note(store_.directory, "a writer changed it meanwhile; files that it adds or removes are left out");
    if (!done.ok()) return done;
  }
  for (const FileName& file : store_.ours) {
    std::string name;
    if (file.kind == FileKind::kCurrentTemporary) name = kCurrentTemporaryName;
    if (version() != nullptr) {
      if (file.kind == FileKind::kManifest && file.number != loaded_->number) name = manifest_name(file.number);
      if (file.kind == FileKind::kWal && file.number < version()->first_log) name = wal_name(file.number);
      const bool listed = find_listed(*version(), file.number).info != nullptr;
      if (file.kind == FileKind::kTable && !listed) name = table_name(file.number);
    }
    if (name.empty() || moved) continue;
    if (Status done = note(name, "left over; the next opening for writing removes it"); !done.ok()) return done;
  }
  for (const std::string& name : store_.foreign) {
    const bool lost = name == kLostName;
    Status done =
        note(name, lost ? "damaged files that a repair set aside" : "not a file of the store; it is never touched");
    if (!done.ok()) return done;
  }
  return {};
}

Status Verification::summary() {
  if (form_.json) {
    return say_(JsonObject()
                    .number("damages", damages_)
                    .number("notes", notes_)
                    .number("tables", tables_)
                    .number("table_bytes", bytes_)
                    .number("entries", entries_)
                    .number("logs", logs_)
                    .number("records", records_)
                    .line());
  }
  const std::string looked_at =
      fmt::format("{} of {} with {}, {} with {}", counted(tables_, "table"), human_bytes(bytes_),
                  counted(entries_, "entry"), counted(logs_, "log"), counted(records_, "record"));
  summary_ =
      damages_ == 0 ? "sound: " + looked_at : fmt::format("{} found in {}", counted(damages_, "damage"), looked_at);
  return say_(summary_ + "\n");
}

}  // namespace

Result<std::uint64_t> verify(const StoreDirectory& store, const Options& options, const cli::Form& form) {
  Verification verification(store, options, form, cli::print);
  if (Status done = verification.run(); !done.ok()) return done.error();
  return verification.damages();
}

Result<Verified> verify_in_short(const StoreDirectory& store, const Options& options) {
  const cli::Form form;
  Verification verification(store, options, form, [](std::string_view) { return Status(); });
  if (Status done = verification.run(); !done.ok()) return done.error();
  return Verified{.damages = verification.damages(), .text = verification.summary_text()};
}

}  // namespace mylonite::tool
