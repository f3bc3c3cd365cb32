#include "core/store/write_path.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/format/batch_reader.h"
#include "core/store/ingest_run.h"
#include "core/store/new_tables.h"
#include "core/store/read_path.h"

namespace mylonite {
Result<Timestamp> WritePath::write(const WriteBatch& batch, const WriteOptions& options) {
  if (Status fits = batch.check_limits(); !fits.ok()) return fits.error();
  const std::optional<WriteBatch> collapsed = batch.count() < 2 ? std::nullopt : std::optional(batch.collapsed());
  Request request{.want = Want::kWrite, .batch = collapsed ? &*collapsed : &batch, .sync = options.sync};
  if (Status done = submit(request); !done.ok()) return done.error();
  return request.at;
}

Status WritePath::sync() {
  Request request{.want = Want::kSync};
  return submit(request);
}

Result<Timestamp> WritePath::ingest(IngestSource& source) {
  Request request{.want = Want::kIngest, .source = &source};
  if (Status done = submit(request); !done.ok()) return done.error();
  return request.at;
}

Result<std::uint64_t> WritePath::freeze() {
  Request request{.want = Want::kFreeze};
  if (Status done = submit(request); !done.ok()) return done.error();
  const rt::Lock lock(state_.mutex);
  return state_.views.frozen_ever();
}

Status WritePath::submit(Request& request) {
  const rt::Lock lock(state_.mutex);
  if (state_.gate.closing()) return Error(Code::kClosed, "the store is closed");
  const Caller caller(state_);
  queue_.push_back(&request);
  while (!request.done && queue_.front() != &request) request.wake.wait(state_.mutex);
  if (!request.done) lead(request);
  if (request.error) return *request.error;
  return {};
}

void WritePath::lead(Request& first) {
  invariant(!queue_.empty() && queue_.front() == &first, "the front of the queue leads");
  const bool freeze = first.alone();
  if (!freeze) {
    keep_pace();
    slow_down();
  }
  Status done = state_.gate.abandoned() ? Status(state_.gate.refusal()) : restart_log();
  if (done.ok()) done = make_room(freeze);
  const std::vector<Request*> group = take_group();
  if (done.ok() && !freeze) done = commit(group);
  if (done.ok() && first.want == Want::kIngest) done = write_ingest(first);
  for (Request* request : group) {
    queue_.pop_front();
    if (!done.ok()) request->error = done.error();
    request->done = true;
    if (request != &first) request->wake.notify_one();
  }
  if (!queue_.empty()) queue_.front()->wake.notify_one();
}

std::vector<WritePath::Request*> WritePath::take_group() const {
  std::vector<Request*> group;
  std::size_t bytes = 0;
  for (Request* request : queue_) {
    if (!group.empty() && (request->alone() || group.front()->alone())) break;
    if (request->batch != nullptr) bytes += encoded_record_bytes(request->batch->encoded().size());
    if (!group.empty() && bytes > state_.options.group_commit_max_bytes) break;
    group.push_back(request);
  }
  return group;
}

Status WritePath::make_room(bool freeze_anyway) {
  const bool full = state_.views.active()->bytes() >= state_.options.memtable_max_bytes;
  if (!full && (!freeze_anyway || state_.views.active()->empty())) {
    return wal_->bytes() >= state_.options.wal_file_rotate_bytes ? roll_log() : Status();
  }
  if (Status done = wait_for_room(); !done.ok()) return done;
  if (Status done = roll_log(); !done.ok()) return done;
  state_.views.freeze(std::make_shared<Memtable>(), wal_->number());
  state_.publish();
  state_.flush_work.notify_one();
  return {};
}

Status WritePath::roll_log() {
  FileNumber number;
  Status done;
  {
    // Safe: only the leader uses the log, and the catalog has a lock of its own.
    const rt::Unlocked unlocked(state_.mutex);
    const Catalog::Position position = state_.catalog->position();
    number = state_.catalog->new_file_number();
    done = wal_->roll(number, position.manifest, position.last_record);
  }
  state_.logs.add(number);  // also if not all of it was made
  if (!done.ok()) give_up_log(done.error());
  return done;
}

// After a failed call nobody knows where the log ends, nor what of it a later sync would cover. So no byte is added to
// it. All that it holds for good is in memory, and goes to tables; what failed is not, and is gone with the log.
void WritePath::give_up_log(const Error& why) {
  rt::mark("wal.given_up");
  const FileNumber next = state_.catalog->new_file_number();
  state_.counters.logs_given_up.add(1);
  state_.listener.on_log_given_up(why);
  state_.views.freeze(std::make_shared<Memtable>(), next);
  state_.publish();
  state_.flush_work.notify_one();
  next_log_ = next;
}

// Begins the log that follows one that was given up, when no frozen memtable needs that one any more.
Status WritePath::restart_log() {
  if (!next_log_) return {};
  while (!state_.gate.shut() && !state_.views.frozen().empty()) state_.progress.wait(state_.mutex);
  if (!state_.views.frozen().empty()) return state_.gate.refusal();
  const FileNumber number = *next_log_;
  Result<std::unique_ptr<WalWriter>> made = nullptr;
  {
    // Safe: only the leader uses the log, and the catalog has a lock of its own.
    const rt::Unlocked unlocked(state_.mutex);
    const Catalog::Position position = state_.catalog->position();
    made = WalWriter::create(state_.fs, state_.directory,
                             WalHeader{.number = number,
                                       .salt = wal_->salt(),
                                       .previous = {},
                                       .previous_bytes = 0,
                                       .manifest = position.manifest,
                                       .manifest_record = position.last_record});
  }
  state_.logs.add(number);
  if (!made.ok()) {
    give_up_log(made.error());
    return made.error();
  }
  wal_ = std::move(*made);
  next_log_.reset();
  return {};
}

// Only this leader stamps, and a range delete covers what has an older stamp: so the end of all keys that are there,
// and of the group's before it, is the end.
void WritePath::bound_ranges(const std::vector<Request*>& group) {
  const auto open = [](const Request* each) { return each->batch != nullptr && each->batch->has_open_range(); };
  if (std::ranges::none_of(group, open)) return;
  std::string last = last_key(*state_.views.current());
  for (Request* request : group) {
    if (request->batch == nullptr) continue;
    for (const BatchOperation& each : request->batch->operations()) {
      if (each.kind == BatchOperation::Kind::kPut && each.key > last) last = each.key;
    }
    if (!open(request)) continue;
    request->bounded = request->batch->bounded(key_behind(last));
    request->batch = &*request->bounded;
  }
}

Status WritePath::commit(const std::vector<Request*>& group) {
  bound_ranges(group);
  if (Status done = stamp(group); !done.ok()) return done;
  const Timestamp newest = state_.history.stamps().last();
  const std::shared_ptr<Memtable> memtable = state_.views.active();
  Status done;
  {
    // Safe: only the leader logs, adds to the active memtable and replaces it; no read sees stamps above `visible`.
    const rt::Unlocked unlocked(state_.mutex);
    report_stamps(group);
    done = log(group);
    if (done.ok()) {
      for (const Request* request : group) {
        if (request->batch == nullptr) continue;
        BatchReader batch(request->batch->encoded());
        for (BatchEntry entry; batch.next(entry);) memtable->add(entry.key, request->at, entry.kind, entry.value);
      }
    }
  }
  if (!done.ok()) {
    for (const Request* request : group) {
      if (request->needs_stamp()) state_.listener.on_write_failed(request->at);
    }
    give_up_log(done.error());
    return done;
  }
  state_.history.show(newest);
  count(group);
  attest(group);
  return {};
}

// Tells the manifest how much of the log is durable, where that is due, or leaves it to the flusher. A write has no
// share in a failure of it, who asked for a sync has.
void WritePath::attest(const std::vector<Request*>& group) {
  const LogLength durable{.number = wal_->number(), .bytes = wal_->synced_bytes()};
  if (durable.bytes == kWalHeaderBytes) return;
  const bool idle = !state_.attestation.due_ns();
  state_.attestation.synced(durable);
  const auto asks = [](const Request* each) { return each->want == Want::kSync; };
  if (std::ranges::any_of(group, asks) || state_.attestation.is_due(rt::monotonic_ns())) {
    const Status done = state_.attest_log();
    for (Request* request : group) {
      if (asks(request) && !done.ok()) request->error = done.error();
    }
  } else if (idle && state_.attestation.due_ns()) {
    state_.flush_work.notify_one();
  }
}

void WritePath::count(const std::vector<Request*>& group) {
  Counters& counters = state_.counters;
  for (const Request* request : group) {
    if (request->batch == nullptr) continue;
    counters.writes.add(1);
    counters.operations.add(request->batch->count());
    counters.user_bytes.add(request->batch->payload_bytes());
  }
}

// Gives every batch its stamp. Raises the durable ceiling first if the stamps would reach it.
Status WritePath::stamp(const std::vector<Request*>& group) {
  const std::uint64_t clock = rt::wall_ticks();
  if (!StampSource::clock_is_usable(clock) && !std::exchange(clock_reported_, true)) {
    rt::mark("stamps.clock_unusable");
    state_.listener.on_clock_unusable(clock);
  }
  Timestamp last = state_.history.stamps().last();
  for (Request* request : group) {
    if (request->needs_stamp()) {
      const auto next = StampSource::after(last, clock);
      if (!next) return Error(Code::kExhausted, "timestamps are used up: the format ends in the year 2198");
      last = *next;
    }
    request->at = last;
  }
  if (last >= state_.history.stamps().ceiling()) {
    rt::mark("stamps.ceiling_met");
    if (Status done = raise_ceiling(StampSource::ceiling_for(last)); !done.ok()) return done;
  }
  state_.history.issued(last);
  return {};
}

void WritePath::report_stamps(const std::vector<Request*>& group) {
  for (const Request* request : group) {
    if (!request->needs_stamp()) continue;
    if (request->want == Want::kIngest) {
      state_.listener.on_ingest_stamped(request->at, *request->source);
    } else {
      state_.listener.on_stamped(request->at, *request->batch);
    }
  }
}

Status WritePath::raise_ceiling(Timestamp ceiling) {
  Status done;
  {
    // Safe: only the leader issues stamps, and it issues these only once the ceiling is above them.
    const rt::Unlocked unlocked(state_.mutex);
    done = state_.catalog->commit({.ceiling = ceiling});
  }
  if (done.ok()) state_.history.raise_ceiling(ceiling);
  return done;
}

// Who asks for it is owed a sync of the whole log, also with nothing to log; by default what is logged is synced.
bool WritePath::wants_sync(const Request& request) const {
  if (request.want == Want::kSync) return true;
  if (request.want != Want::kWrite) return false;
  return request.sync.value_or(state_.options.wal_flush_every_write && request.needs_stamp());
}

Status WritePath::log(const std::vector<Request*>& group) {
  std::vector<WalWriter::Pending> pending;
  bool syncs = false;
  for (const Request* request : group) {
    syncs |= wants_sync(*request);
    if (request->batch == nullptr || request->batch->count() == 0) continue;
    pending.push_back({.at = request->at, .payload = request->batch->encoded()});
  }
  if (!pending.empty()) {
    const std::uint64_t before = wal_->bytes();
    if (Status done = wal_->append(pending); !done.ok()) return done;
    state_.listener.on_group_commit(pending.size(), wal_->bytes() - before);
    state_.counters.groups.add(1);
    state_.counters.wal_bytes.add(wal_->bytes() - before);
    unpaced_bytes_ += wal_->bytes() - before;
  }
  if (!syncs) return {};
  state_.counters.wal_syncs.add(1);
  return wal_->sync();
}

// Writes the stream as a run. Requires that the active memtable was frozen. Waits until all frozen memtables are in
// tables, so that the run is newer than all of them. Later writes go to a newer memtable.
Status WritePath::write_ingest(Request& request) {
  while (!state_.gate.shut() && !state_.views.frozen().empty()) state_.progress.wait(state_.mutex);
  if (!state_.views.frozen().empty()) return state_.gate.refusal();
  if (Status done = stamp({&request}); !done.ok()) return done;
  VersionEdit edit;
  Status written;
  Status committed;
  {
    // Safe: this request leads meanwhile, so no other stamp is issued; no read sees stamps above `visible`.
    const rt::Unlocked unlocked(state_.mutex);
    report_stamps({&request});
    NewTables tables(state_);
    auto made =
        ingest_run(tables.target(filter_rate(state_.options.bloom_false_positive_rate)), *request.source, request.at);
    if (made.ok()) {
      edit = std::move(*made);
      committed = state_.catalog->commit(edit);
    } else {
      written = made.error();
      tables.remove();
    }
  }
  if (!written.ok()) {
    state_.listener.on_ingest_given_up(request.at);
    return written;
  }
  if (!committed.ok()) {
    state_.listener.on_write_failed(request.at);
    return committed;
  }
  // Later writes go to a log that attests the manifest's record of this run. If a lying disk loses the record, the next
  // open notices, and does not show the later writes without this run.
  ignore(roll_log(), "the log was given up then, and the next one attests it");
  for (const VersionEdit::Added& added : edit.added) state_.counters.ingested_bytes.add(added.table.file_bytes);
  state_.history.show(request.at);
  state_.publish();
  state_.note_change();
  return {};
}

bool WritePath::lacks_log() const {
  const rt::Lock lock(state_.mutex);
  return next_log_.has_value();
}

void WritePath::wait_for_callers() {
  const rt::Lock lock(state_.mutex);
  while (!state_.gate.empty()) state_.progress.wait(state_.mutex);
}

Result<VersionEdit> WritePath::finish() {
  Timestamp last;
  {
    const rt::Lock lock(state_.mutex);
    while (!state_.gate.empty()) state_.progress.wait(state_.mutex);
    if (next_log_) return Error(Code::kIo, "the log failed, and what it held is not in tables yet");
    last = state_.history.stamps().last();
  }
  if (Status done = wal_->sync(); !done.ok()) return done.error();
  if (Status done = wal_->append_clean_close(); !done.ok()) return done.error();
  if (Status done = wal_->sync(); !done.ok()) return done.error();
  const LogLength closed{.number = wal_->number(), .bytes = wal_->bytes()};
  return VersionEdit{.ceiling = Timestamp{last.ticks + 1}, .closed_log = closed};
}

}  // namespace mylonite
