#include "core/store/background.h"

#include "core/format/file_names.h"
#include "core/store/new_tables.h"

namespace mylonite {

Background::Background(SharedState& state) : state_(state), thread_("background", [this] { run(); }) {}

void Background::run() {
  const rt::Lock lock(state_.mutex);
  while (true) {
    while (!state_.closing && (state_.stopped || state_.frozen.empty())) state_.work.wait(state_.mutex);
    if (state_.closing) return;
    const Status done = flush_oldest();
    if (!done.ok() && !state_.closing) state_.stop(done.error());  // given up at closing: all is in the logs
  }
}

Status Background::flush_oldest() {
  const FrozenMemtable oldest = state_.frozen.front();
  // Older memtables are in tables by now: what is behind this one is in the version.
  const DropRule rule{.floor = state_.drop_floor(),
                      .tombstones_until = state_.tombstones_until(),
                      .older = all_keys(*state_.catalog->version())};
  const auto flushed = write_tables(oldest, rule);
  if (!flushed.ok()) return flushed.error();
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
  remove_logs_before(oldest.next_log);
  state_.remove_unused_tables();
  return {};
}

Result<Flushed> Background::write_tables(const FrozenMemtable& oldest, const DropRule& rule) {
  // Safe: this thread alone takes from `frozen`, so the oldest memtable stays the oldest; the floor was raised before.
  const rt::Unlocked unlocked(state_.mutex);
  NewTables tables(state_);
  auto flushed = flush_memtable(tables.target(), *oldest.memtable, rule);
  if (!flushed.ok()) return flushed;
  flushed->edit.first_log = oldest.next_log;
  if (Status done = state_.catalog->commit(flushed->edit); !done.ok()) return done.error();
  return flushed;
}

void Background::remove_logs_before(FileNumber first_needed) {
  while (!state_.logs.empty() && state_.logs.front() < first_needed) {
    const FileNumber obsolete = state_.logs.front();
    state_.logs.pop_front();
    // Safe: the log is off the list already, and the list is looked at afresh after it.
    const rt::Unlocked unlocked(state_.mutex);
    ignore(state_.fs.remove(state_.directory + "/" + wal_name(obsolete)), "the next open removes it");
  }
}

}  // namespace mylonite
