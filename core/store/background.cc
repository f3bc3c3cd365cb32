#include "core/store/background.h"

#include "core/format/file_names.h"
#include "core/store/flush.h"
#include "core/store/new_tables.h"

namespace mylonite {

Background::Background(SharedState& state) : state_(state), thread_("background", [this] { run(); }) {}

void Background::run() {
  rt::Lock lock(state_.mutex);
  while (true) {
    state_.work.wait(lock, [&] { return state_.closing || (!state_.stopped && !state_.frozen.empty()); });
    if (state_.closing) return;
    const Status done = flush_oldest(lock);
    if (!done.ok() && !state_.closing) state_.stop(done.error());  // given up at closing: all is in the logs
  }
}

Status Background::flush_oldest(rt::Lock& lock) {
  const FrozenMemtable oldest = state_.frozen.front();
  // Older memtables are in tables by now: what is behind this one is in the version.
  const DropRule rule{.floor = state_.drop_floor(),
                      .tombstones_until = state_.tombstones_until(),
                      .older = all_keys(*state_.catalog->version())};
  lock.unlock();
  NewTables tables(state_);
  auto flushed = flush_memtable(tables.target(), *oldest.memtable, rule);
  Status done = flushed.ok() ? Status() : Status(flushed.error());
  if (done.ok()) {
    flushed->edit.first_log = oldest.next_log;
    done = state_.catalog->commit(flushed->edit);
  }
  lock.lock();
  if (!done.ok()) return done;
  state_.frozen.pop_front();
  state_.flushed_ever = oldest.order;
  state_.publish();
  state_.progress.notify_all();
  state_.ask_compaction();
  FlushReport report{.tables = flushed->edit.added.size(), .entries = oldest.memtable->entries()};
  for (const VersionEdit::Added& added : flushed->edit.added) report.bytes += added.table.file_bytes;
  state_.counters.flushes.add(1);
  state_.counters.flush_bytes.add(report.bytes);
  state_.counters.flush_dropped.add(flushed->dropped);
  state_.listener.on_flush(report);
  remove_logs_before(lock, oldest.next_log);
  state_.remove_unused_tables(lock);
  return {};
}

void Background::remove_logs_before(rt::Lock& lock, FileNumber first_needed) {
  while (!state_.logs.empty() && state_.logs.front() < first_needed) {
    const FileNumber obsolete = state_.logs.front();
    state_.logs.pop_front();
    lock.unlock();
    ignore(state_.fs.remove(state_.directory + "/" + wal_name(obsolete)), "the next open removes it");
    lock.lock();
  }
}

}  // namespace mylonite
