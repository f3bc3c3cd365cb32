#include "core/store/flusher.h"

#include <utility>

#include "core/compaction/filter_rate.h"
#include "core/format/file_names.h"
#include "core/store/new_tables.h"
#include "core/store/retry.h"

namespace mylonite {

Result<Flushed> flush_memtable(const RunTarget& target, const Memtable& memtable, const DropRule& rule,
                               std::vector<std::string> cuts) {
  Flushed flushed;
  const auto held = memtable.range_deletes();
  const RangeTombstones ranges = held == nullptr ? RangeTombstones() : held->whole();
  DropFilter filter(rule, ranges, flushed.dropped);
  RunWriter writer(target, surviving(rule, ranges, flushed.dropped), std::move(cuts));
  const auto entries = memtable.iterator();
  for (entries->seek_to_first(); entries->valid(); entries->next()) {
    if (!filter.keeps(entries->key())) continue;
    if (Status done = writer.add(entries->key(), entries->value()); !done.ok()) return done.error();
  }
  const auto tables = writer.finish();
  if (!tables.ok()) return tables.error();
  if (!tables->empty()) flushed.edit = add_run(0, RunId{tables->front().number.value}, *tables);
  if (flushed.dropped.entries > 0) flushed.edit.history_floor = rule.floor;
  return flushed;
}

Flusher::Flusher(EngineState& state) : state_(state), thread_("flush", [this] { run(); }) {}

void Flusher::run() {
  const rt::Lock lock(state_.mutex);
  while (true) {
    while (!state_.gate.closing() && state_.views.frozen().empty()) wait_for_work();
    if (state_.gate.closing()) return;  // all is in the logs
    const Status done = flush_oldest();
    if (!done.ok() && !state_.gate.closing()) failed(done.error());
  }
}

// Meanwhile the manifest is told how much of the log is durable, where no writer comes to do it.
void Flusher::wait_for_work() {
  const auto due_ns = state_.attestation.due_ns();
  if (!due_ns) {
    state_.flush_work.wait(state_.mutex);
  } else if (rt::monotonic_ns() < *due_ns) {
    state_.flush_work.wait_until(state_.mutex, *due_ns);
  } else {
    rt::mark("wal.attested_at_rest");
    ignore(state_.attest_log(), "tried again after a second");
  }
}

void Flusher::failed(const Error& why) {
  rt::mark("flush.retried");
  ++failures_;
  state_.counters.flushes_failed.add(1);
  state_.listener.on_flush_failed(why);
  if (failures_ >= kFailuresBorne) state_.refuse_writes(why);
  const std::uint64_t until = rt::monotonic_ns() + pause_after(failures_);
  while (!state_.gate.closing() && rt::monotonic_ns() < until) state_.flush_work.wait_until(state_.mutex, until);
}

Status Flusher::flush_oldest() {
  const FrozenMemtable oldest = state_.views.frozen().front();
  const auto version = state_.catalog->version();
  // Older memtables are in tables by now, so the version holds all data older than this one.
  const DropRule rule{.floor = state_.history.raise_floor(),
                      .snapshots = state_.history.snapshots_below_floor(),
                      .tombstones_until = tombstones_until(state_.options),
                      .older = all_keys(*version),
                      .expired_through = version->expired_through};
  const auto flushed = write_tables(oldest, rule, *version);
  if (!flushed.ok()) return flushed.error();
  state_.views.retire_oldest();
  failures_ = 0;
  state_.resume_writes();
  state_.publish();
  state_.progress.notify_all();
  state_.note_change();
  FlushReport report{.tables = flushed->edit.added.size(), .entries = oldest.memtable->entries()};
  for (const VersionEdit::Added& added : flushed->edit.added) {
    report.bytes += added.table.file_bytes;
    state_.counters.flush_entries.add(added.table.entries);
  }
  state_.counters.flushes.add(1);
  state_.counters.flush_bytes.add(report.bytes);
  state_.count_dropped(flushed->dropped);
  state_.listener.on_flush(report);
  remove_logs_before(oldest.next_log);
  state_.remove_unused_tables();
  if (state_.catalog->environment().reads.on.load(std::memory_order_relaxed)) state_.catalog->halve_reads();
  return {};
}

Result<Flushed> Flusher::write_tables(const FrozenMemtable& oldest, const DropRule& rule, const Version& version) {
  std::vector<std::string> cuts = state_.flush_cuts;
  // Safe: only this thread retires memtables, so the oldest stays the oldest; the floor was raised before.
  const rt::Unlocked unlocked(state_.mutex);
  NewTables tables(state_);
  const std::uint64_t filter_rate = filter_rate_of_run(state_.options, version.levels, oldest.memtable->entries());
  auto flushed = flush_memtable(tables.target(filter_rate), *oldest.memtable, rule, std::move(cuts));
  if (!flushed.ok()) {
    if (!state_.gives_up_tables.load(std::memory_order_relaxed)) tables.remove();
    return flushed;
  }
  flushed->edit.first_log = oldest.next_log;
  if (Status done = state_.catalog->commit(flushed->edit); !done.ok()) return done.error();
  return flushed;
}

void Flusher::remove_logs_before(FileNumber first_needed) {
  while (const auto obsolete = state_.logs.take_obsolete(first_needed)) {
    // Safe: the log is off the list already, and the loop reads the list again.
    const rt::Unlocked unlocked(state_.mutex);
    ignore(state_.fs.remove(state_.directory + "/" + wal_name(*obsolete)), "the next open removes it");
  }
}

}  // namespace mylonite
