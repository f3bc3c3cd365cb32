#include "core/store/write_path.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/format/batch_reader.h"
#include "core/store/ingest_run.h"
#include "core/store/new_tables.h"
#include "core/store/read_path.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kSlowQuantumBytes = 64ULL << 10;
constexpr std::uint64_t kSlowSleepMaxNs = 1'000'000'000;

}  // namespace

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
  Status done = state_.gate.stopped() ? Status(*state_.gate.stopped()) : make_room(freeze);
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

// Waits until the full memtable may be frozen.
Status WritePath::wait_for_room() {
  if (must_wait(StallCause::kMemtables)) {
    rt::mark("write.stall_frozen_memtables");
    const Status done =
        stall({.cause = StallCause::kMemtables, .why = "as many memtables as allowed await their flush"});
    if (!done.ok()) return done;
  }
  if (must_wait(StallCause::kLevel0)) {
    rt::mark("write.stall_level0");
    const std::string why = state_.gate.pressure().cause;
    return stall({.cause = StallCause::kLevel0, .why = why});
  }
  return {};
}

// Lets merging catch up: under pressure, writes proceed at write_slowdown_bytes_per_second. The leader sleeps in small
// portions, each at most until the pressure ends. Bytes logged before the pressure do not count.
void WritePath::slow_down() {
  if (!pressed() || state_.gate.closing()) {
    unpaced_bytes_ = 0;
    return;
  }
  const std::uint64_t quantum = std::min(kSlowQuantumBytes, state_.options.memtable_max_bytes / 16);
  if (unpaced_bytes_ < quantum) return;
  rt::mark("write.slowdown");
  const std::uint64_t share = unpaced_bytes_ * 1'000'000'000 / state_.options.write_slowdown_bytes_per_second;
  unpaced_bytes_ = 0;
  const std::string why = state_.gate.pressure().cause;
  hold(why, share, &WritePath::pressed);
}

// Waits for merges that are behind their pace.
void WritePath::keep_pace() {
  if (!merges_lag()) return;
  rt::mark("write.kept_pace");
  hold("merges are behind their pace", kSlowSleepMaxNs, &WritePath::merges_lag);
}

bool WritePath::pressed() const { return state_.gate.pressure().level != Pressure::Level::kNone; }
bool WritePath::merges_lag() const { return !state_.gate.has_credit(state_.counters.wal_bytes.get()); }

void WritePath::hold(const std::string& why, std::uint64_t ns, Condition needed) {
  {
    // Safe: this request stays at the front of the queue, so no other leads; all state is read again afterwards.
    const rt::Unlocked unlocked(state_.mutex);
    state_.listener.on_write_stall({.cause = StallCause::kSlowdown, .why = why});
  }
  const std::uint64_t from = rt::monotonic_ns();
  const std::uint64_t until = from + std::min(ns, kSlowSleepMaxNs);
  while ((this->*needed)() && !state_.gate.shut() && rt::monotonic_ns() < until) {
    state_.progress.wait_until(state_.mutex, until);
  }
  stall_ended({.cause = StallCause::kSlowdown, .why = why}, from);
}

void WritePath::stall_ended(StallReport report, std::uint64_t from_ns) {
  report.waited_ns = rt::monotonic_ns() - from_ns;
  auto& counted = state_.counters.stalls[static_cast<std::size_t>(report.cause)];
  counted.count.add(1);
  counted.ns.add(report.waited_ns);
  state_.listener.on_write_stall_end(report);
}

bool WritePath::must_wait(StallCause cause) const { return state_.gate.stalls(cause, state_.views.frozen().size()); }

Status WritePath::stall(const StallReport& report) {
  const std::uint64_t from = rt::monotonic_ns();
  state_.listener.on_write_stall(report);
  while (!state_.gate.shut() && must_wait(report.cause)) state_.progress.wait(state_.mutex);
  stall_ended(report, from);
  if (state_.gate.stopped()) return *state_.gate.stopped();
  if (state_.gate.closing()) {
    return Error(Code::kClosed, "the store was closed while this write waited: " + std::string(report.why));
  }
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
  if (!done.ok()) {
    state_.stop(done.error());
    return done;
  }
  state_.logs.add(number);
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
    state_.stop(done.error());
    return done;
  }
  state_.history.show(newest);
  count(group);
  return {};
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
  if (!done.ok()) {
    state_.stop(done.error());
    return done;
  }
  state_.history.raise_ceiling(ceiling);
  return {};
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
  if (state_.gate.stopped()) return *state_.gate.stopped();
  if (state_.gate.closing()) return Error(Code::kClosed, "the store was closed before its memtables were in tables");
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
    state_.stop(committed.error());  // the manifest failed: the next open may find the run
    return committed;
  }
  // Later writes go to a log that attests the manifest's record of this run. If a lying disk loses the record, the next
  // open notices, and does not show the later writes without this run.
  if (Status rolled = roll_log(); !rolled.ok()) return rolled;
  for (const VersionEdit::Added& added : edit.added) state_.counters.ingested_bytes.add(added.table.file_bytes);
  state_.history.show(request.at);
  state_.publish();
  state_.note_change();
  return {};
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
    if (state_.gate.stopped()) return *state_.gate.stopped();
    last = state_.history.stamps().last();
  }
  if (Status done = wal_->sync(); !done.ok()) return done.error();
  if (Status done = wal_->append_clean_close(); !done.ok()) return done.error();
  if (Status done = wal_->sync(); !done.ok()) return done.error();
  const ClosedLog closed{.number = wal_->number(), .bytes = wal_->bytes()};
  return VersionEdit{.ceiling = Timestamp{last.ticks + 1}, .closed_log = closed};
}

}  // namespace mylonite
