#include "core/store/shared_state.h"

#include <algorithm>
#include <utility>

#include "core/format/file_names.h"

namespace mylonite {

SharedState::SharedState(std::shared_ptr<vfs::FileSystem> file_system, const Options& given, EventListener& events,
                         Recovered& recovered)
    : owned_fs(std::move(file_system)),
      fs(*owned_fs),
      directory(given.data_dir),
      options(given),
      listener(events),
      catalog(std::move(recovered.catalog)),
      lock_file(std::move(recovered.lock)),
      stamps(recovered.stamps),
      visible(recovered.stamps.last()) {
  snapshots.start_at(catalog->version()->history_floor);
  if (recovered.wal == nullptr) {
    auto all = std::make_shared<ReadState>();
    all->memtables.assign(recovered.memtables.rbegin(), recovered.memtables.rend());
    all->runs = catalog->view().runs;
    read_state = std::move(all);
    return;
  }
  logs.push_back(recovered.wal->number());
  active = std::make_shared<Memtable>(recovered.wal->number().value);
  publish();
}

void SharedState::publish() {
  auto next = std::make_shared<ReadState>();
  next->memtables.push_back(active);
  Catalog::View tables = catalog->view();
  for (auto each = frozen.rbegin(); each != frozen.rend(); ++each) {
    // A flush that was committed, but is not installed yet, already stands among the tables.
    if (each->next_log > tables.version->first_log) next->memtables.push_back(each->memtable);
  }
  next->runs = std::move(tables.runs);
  read_state = std::move(next);
  if (ask_pressure) pressure = ask_pressure();
}

void SharedState::stop(const Error& why) {
  if (stopped) return;
  stopped = Error(Code::kReadOnly, "writes stopped until the store is reopened, after: " + why.to_string());
  listener.on_writes_stopped(why);
  work.notify_all();
  compaction_work.notify_all();
  progress.notify_all();
}

void SharedState::remove_unused_tables(bool all) {
  // Safe: the catalog has its own lock, and names each table once; the caller holds nothing over this call.
  const rt::Unlocked unlocked(mutex);
  for (FileNumber unused : catalog->take_unused_tables(all)) {
    catalog->environment().files.forget(unused);
    ignore(fs.remove(directory + "/" + table_name(unused)), "the next open removes it");
  }
}

Timestamp SharedState::possible_floor() const {
  // A clock that is not usable says nothing about the age of history: none is forgotten by it.
  const std::uint64_t clock = rt::wall_ticks();
  const std::uint64_t ticks = StampSource::clock_is_usable(clock) ? clock : 0;
  return snapshots.possible_floor(visible, ticks, options.history_retention_seconds);
}

Timestamp SharedState::tombstones_until() const {
  const std::uint64_t now = std::min(rt::wall_ticks(), kTimestampMax.ticks);
  const std::uint64_t retention = options.tombstone_retention_seconds * kTicksPerSecond;
  return Timestamp{now - std::min(now, retention)};
}

Timestamp SharedState::drop_floor() {
  snapshots.raise(possible_floor());
  return snapshots.floor();
}

}  // namespace mylonite
