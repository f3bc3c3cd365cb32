#include "core/store/background.h"

#include "core/format/file_names.h"
#include "core/store/flush.h"

namespace mylonite {

Background::Background(SharedState& state) : state_(state), thread_("background", [this] { run(); }) {}

void Background::run() {
  rt::Lock lock(state_.mutex);
  while (true) {
    state_.work.wait(lock, [&] { return state_.closing || (!state_.stopped && !state_.frozen.empty()); });
    if (state_.closing) return;
    if (const Status done = flush_oldest(lock); !done.ok()) state_.stop(done.error());
  }
}

Status Background::flush_oldest(rt::Lock& lock) {
  const FrozenMemtable oldest = state_.frozen.front();
  lock.unlock();
  const RunTarget target{
      .fs = state_.fs, .directory = state_.directory, .options = state_.options, .new_file_number = [this] {
        return state_.catalog->new_file_number();
      }};
  auto edit = flush_memtable(target, *oldest.memtable);
  Status done = edit.ok() ? Status() : Status(edit.error());
  if (done.ok()) {
    edit->first_log = oldest.next_log;
    done = state_.catalog->commit(*edit);
  }
  lock.lock();
  if (!done.ok()) return done;
  state_.frozen.pop_front();
  state_.flushed_ever = oldest.order;
  state_.publish();
  state_.progress.notify_all();
  state_.ask_compaction();
  FlushReport report{.tables = edit->added.size(), .entries = oldest.memtable->entries()};
  for (const VersionEdit::Added& added : edit->added) report.bytes += added.table.file_bytes;
  state_.counters.flushes.add(1);
  state_.counters.flush_bytes.add(report.bytes);
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
