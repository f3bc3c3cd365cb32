#include "core/store/catalog.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/fixed_point.h"
#include "core/base/invariant.h"
#include "core/format/file_names.h"

namespace mylonite {
namespace {

// Tables that an edit moves are in both lists.
std::vector<FileNumber> new_tables(const VersionEdit& edit) {
  std::vector<FileNumber> numbers;
  for (const VersionEdit::Added& added : edit.added) {
    if (std::ranges::find(edit.removed, added.table.number) != edit.removed.end()) continue;
    numbers.push_back(added.table.number);
  }
  return numbers;
}

}  // namespace

Result<OpenTables> open_tables(const std::shared_ptr<TableEnvironment>& environment, const Version& version) {
  OpenTables open;
  for (const TableInfo* table : version.tables()) {
    auto reader = TableReader::open(environment, *table, TableReader::Damage::kBorne);
    if (!reader.ok()) return reader.error();
    open.emplace(table->number, std::move(*reader));
  }
  return open;
}

Catalog::Catalog(StoreDirectory home, std::unique_ptr<Manifest> manifest, Version version, OpenTables tables)
    : home_(std::move(home)),
      manifest_(std::move(manifest)),
      version_(std::make_shared<const Version>(std::move(version))),
      tables_(std::move(tables)),
      next_file_(version_->next_file),
      position_{} {
  if (manifest_ != nullptr) note_position();
  make_runs();
}

void Catalog::make_runs() {
  auto runs = std::make_shared<TableRuns>();
  for (const Level& level : version_->levels) {
    for (const Run& run : level.runs) {
      TableRun& open = runs->emplace_back();
      auto tables = std::make_shared<TableList>();
      tables->reserve(run.tables.size());
      for (const TableInfo& table : run.tables) {
        tables->push_back(tables_.at(table.number));
        open.range_deletes |= table.range_deletes > 0;
      }
      open.tables = std::move(tables);
    }
  }
  runs_ = std::move(runs);
}

FileNumber Catalog::new_file_number() {
  const rt::Lock lock(mutex_);
  return FileNumber{next_file_.value++};
}

Catalog::Position Catalog::position() const {
  const rt::Lock lock(mutex_);
  return position_;
}

std::shared_ptr<const Version> Catalog::version() const {
  const rt::Lock lock(mutex_);
  return version_;
}

Catalog::View Catalog::view() const {
  const rt::Lock lock(mutex_);
  return {.version = version_, .runs = runs_};
}

std::vector<FileNumber> Catalog::take_unused_tables(bool all) {
  const rt::Lock lock(mutex_);
  std::vector<FileNumber> unused;
  for (auto each = dropped_.begin(); each != dropped_.end();) {
    if (!all && !each->second.expired()) {
      ++each;
      continue;
    }
    unused.push_back(each->first);
    each = dropped_.erase(each);
  }
  return unused;
}

std::vector<std::shared_ptr<const TableReader>> Catalog::tables_of(std::uint32_t level, RunId id) const {
  const rt::Lock lock(mutex_);
  std::vector<std::shared_ptr<const TableReader>> tables;
  for (const Run& run : version_->levels.at(level).runs) {
    if (run.id != id) continue;
    for (const TableInfo& table : run.tables) tables.push_back(tables_.at(table.number));
  }
  return tables;
}

Result<OpenTables> Catalog::open_added(const VersionEdit& edit) const {
  OpenTables opened;
  const std::vector<FileNumber> made = new_tables(edit);
  for (const VersionEdit::Added& added : edit.added) {
    if (std::ranges::find(made, added.table.number) == made.end()) continue;
    auto reader = TableReader::open(home_.tables, added.table);
    if (!reader.ok()) return reader.error();
    opened.emplace(added.table.number, std::move(*reader));
  }
  return opened;
}

Status Catalog::commit(VersionEdit edit) {
  const rt::Lock committing(commit_mutex_);
  invariant(manifest_ != nullptr, "a store that is open for reading commits nothing");
  auto opened = open_added(edit);
  std::shared_ptr<const Version> before;
  {
    const rt::Lock lock(mutex_);
    edit.next_file = next_file_;
    before = version_;
  }
  auto after = opened.ok() ? apply(*before, edit) : Result<Version>(opened.error());
  const Status done = after.ok() ? commit_durably(edit, *after) : Status(after.error());
  if (!done.ok()) {
    drop_tables_of(edit);
    return done;
  }
  const rt::Lock lock(mutex_);
  version_ = std::make_shared<const Version>(std::move(*after));
  std::set<FileNumber> added;
  for (const VersionEdit::Added& each : edit.added) added.insert(each.table.number);
  if (home_.tables->reads.on.load(std::memory_order_relaxed)) hand_on_reads(edit, *opened);
  tables_.merge(*opened);
  for (FileNumber number : edit.removed) {
    if (added.contains(number)) continue;
    const auto found = tables_.find(number);
    dropped_.emplace(number, found->second);
    tables_.erase(found);
  }
  if (!edit.added.empty() || !edit.removed.empty()) make_runs();
  note_position();
  return {};
}

Status Catalog::attest(const LogLength& durable) {
  const rt::Lock committing(commit_mutex_);
  if (durable_log_ >= durable) return {};
  const auto before = std::exchange(durable_log_, durable);  // a new manifest has it, too
  if (Status done = commit_durably({.durable_log = durable}, *version()); !done.ok()) {
    durable_log_ = before;
    return done;
  }
  const rt::Lock lock(mutex_);
  note_position();
  return {};
}

void Catalog::note_position() {
  position_ = {.manifest = manifest_->number(), .last_record = manifest_->last_record()};
}

void Catalog::drop_tables_of(const VersionEdit& edit) {
  for (FileNumber number : new_tables(edit)) {
    if (in_doubt_) {
      doubtful_tables_.push_back(number);
      continue;
    }
    const rt::Lock lock(mutex_);
    dropped_.emplace(number, std::weak_ptr<const TableReader>());
  }
}

std::vector<TableReads> Catalog::reads() const {
  const rt::Lock lock(mutex_);
  std::vector<TableReads> reads;
  reads.reserve(tables_.size());
  for (const auto& [number, table] : tables_) {
    reads.push_back({.number = number, .probes = table->probes(), .wasted = table->wasted()});
  }
  return reads;
}

void Catalog::halve_reads() {
  const rt::Lock lock(mutex_);
  for (const auto& [number, table] : tables_) table->set_probes(table->probes() / 2);
}

void Catalog::hand_on_reads(const VersionEdit& edit, const OpenTables& opened) const {
  std::uint64_t probes = 0;
  for (FileNumber number : edit.removed) {
    const TableReader& table = *tables_.at(number);
    table.forget_wasted();
    probes += table.probes();
  }
  std::uint64_t bytes = 1;
  for (const auto& [number, table] : opened) bytes += table->info().file_bytes;
  for (const auto& [number, table] : opened) {
    table->set_probes(multiply_divide(probes, table->info().file_bytes, bytes));
  }
}

bool Catalog::manifest_is_long() const {
  return manifest_->bytes() > std::max(home_.manifest_rotate_bytes, 2 * manifest_->snapshot_bytes());
}

Status Catalog::commit_durably(const VersionEdit& edit, const Version& after) {
  const bool fits = !manifest_is_long() && Manifest::format_for(after) <= manifest_->format();
  const Status done = fits && !in_doubt_ ? manifest_->append(edit) : replace_manifest(after);
  if (!done.ok()) in_doubt_ = true;
  return done;
}

// Nothing that an older manifest names may go before CURRENT durably names the new one.
Status Catalog::replace_manifest(const Version& after) {
  Version next = after;
  const FileNumber number = new_file_number();
  next.next_file = FileNumber{number.value + 1};
  next.durable_log = durable_log_;
  auto replaced = Manifest::create(home_.fs, home_.directory, number, next);
  if (!replaced.ok()) {
    old_manifests_.push_back(number);
    return replaced.error();
  }
  if (in_doubt_) {
    rt::mark("manifest.replaced");
  } else {
    rt::mark("manifest.rotated");
  }
  old_manifests_.push_back(manifest_->number());
  manifest_ = std::move(*replaced);
  in_doubt_ = false;
  for (FileNumber old : std::exchange(old_manifests_, {})) {
    ignore(home_.fs.remove(home_.directory + "/" + manifest_name(old)), "the next open removes it");
  }
  const rt::Lock lock(mutex_);
  for (FileNumber table : std::exchange(doubtful_tables_, {})) {
    dropped_.emplace(table, std::weak_ptr<const TableReader>());
  }
  return {};
}

}  // namespace mylonite
