#include "core/store/engine_state.h"

#include <utility>

#include "core/format/file_names.h"
#include "core/store/recovery.h"

namespace mylonite {
namespace {

ReadViews views_of(const Recovered& recovered, const Catalog& catalog) {
  if (recovered.wal == nullptr) return {recovered.memtables, catalog.view()};
  return {std::make_shared<Memtable>(), catalog.view()};
}

}  // namespace

EngineState::EngineState(std::shared_ptr<vfs::FileSystem> file_system, const Options& given, EventListener& events,
                         Recovered& recovered)
    : owned_fs(std::move(file_system)),
      fs(*owned_fs),
      directory(given.data_dir),
      options(given),
      listener(events),
      catalog(std::move(recovered.catalog)),
      views(views_of(recovered, *catalog)),
      history(recovered.stamps, catalog->version()->history_floor, options.history_retention_seconds),
      gate(options.frozen_memtables_max),
      lock_file(std::move(recovered.lock)) {
  if (recovered.wal != nullptr) logs.add(recovered.wal->number());
}

Status EngineState::usable() const {
  if (!inherited()) return {};
  return Error(Code::kClosed, "the store belongs to the process that this one was forked from: open it after the fork");
}

void EngineState::ask_policy() {
  const rt::Lock lock(mutex);
  if (catalog->environment().reads.ask_policy.exchange(false, std::memory_order_relaxed)) note_change();
}

void EngineState::publish() {
  const Catalog::View view = catalog->view();
  views.publish(view);
  if (gate.presses()) {
    gate.weigh(view.version->levels);
  } else {
    gate.relieve();
  }
}

void EngineState::refuse_writes(const Error& why) {
  if (!gate.refuse(why)) return;
  listener.on_writes_stopped(why);
  merge_work.notify_all();  // merges that wait for flushes go on
  progress.notify_all();
}

void EngineState::resume_writes() {
  if (!gate.refuses()) return;
  gate.resume();
  publish();
  listener.on_writes_resumed();
  progress.notify_all();
}

Status EngineState::attest_log() {
  const LogLength log = attestation.durable();
  Status done;
  {
    // Safe: what is durable stays so, and the catalog keeps the most that anybody attested.
    const rt::Unlocked unlocked(mutex);
    done = catalog->attest(log);
  }
  attestation.ended(log, done.ok(), rt::monotonic_ns());
  return done;
}

void EngineState::remove_unused_tables(bool all) {
  // Safe: the catalog has its own lock, and returns each table once; callers keep no state across this call.
  const rt::Unlocked unlocked(mutex);
  for (FileNumber unused : catalog->take_unused_tables(all)) {
    catalog->environment().files.forget(unused);
    ignore(fs.remove(directory + "/" + table_name(unused)), "the next open removes it");
  }
}

}  // namespace mylonite
