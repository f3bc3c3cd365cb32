#include "sim/run/client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mylonite/file_system.h>

#include "core/base/bytes.h"
#include "sim/run/store_dump.h"

namespace mylonite::sim {
namespace {

WriteBatch batch_of(const std::vector<BatchItem>& items) {
  WriteBatch batch;
  for (const BatchItem& item : items) {
    if (!item.high.empty()) {
      batch.remove_range(item.key, item.high);
    } else if (item.value) {
      batch.put(item.key, *item.value);
    } else {
      batch.remove(item.key);
    }
  }
  return batch;
}

KeyBounds key_bounds(const Bounds& bounds) { return {.low = bounds.low, .high = bounds.high}; }

}  // namespace

Client::~Client() {
  for (std::size_t slot = 0; slot < kSlots; ++slot) release_snapshot(slot);
}

void Client::perform(const Operation& operation) {
  current_ = operation.index();
  std::visit([this](const auto& each) { apply(each); }, operation);
}

void Client::apply(const op::Put& put) {
  WriteBatch batch;
  batch.put(put.key, put.value);
  write(batch);
}

void Client::apply(const op::Remove& remove) {
  WriteBatch batch;
  batch.remove(remove.key);
  write(batch);
}

void Client::apply(const op::Batch& batch) { write(batch_of(batch.items)); }

void Client::apply(const op::RemoveRange& range) {
  WriteBatch batch;
  batch.remove_range(range.low, range.high);
  write(batch);
}

void Client::apply(const op::BatchSync& batch) { write(batch_of(batch.items), {.sync = batch.sync}); }

void Client::apply(const op::RemoveFrom& remove) {
  WriteBatch batch;
  batch.remove_range(remove.low, std::nullopt);
  write(batch);
}

void Client::write(const WriteBatch& batch, const WriteOptions& how) {
  const WriteBatch collapsed = batch.collapsed();
  const Oracle::Ticket ticket = oracle().begin();
  oracle().begin_write(collapsed, how.sync);
  if (batch.encoded().size() > store_.options().memtable_max_bytes) observer_.mark("sim.batch_larger_than_memtable");
  const auto at = store_.write(batch, how);
  if (!answers_.succeeded("write", error_of(at))) {
    oracle().abandon_write(collapsed);
    return;
  }
  observer_.acknowledged();
  oracle().end_write(ticket, collapsed, *at, how.sync);
  returned(*at);
}

void Client::apply(const op::Ingest& ingest) {
  const WriteBatch batch = batch_of(ingest.items);
  BatchSource source(batch);
  const Oracle::Ticket ticket = oracle().begin();
  oracle().begin_write(batch);
  const auto at = store_.ingest(source);
  if (!answers_.succeeded("ingest", error_of(at))) {
    oracle().abandon_write(batch);
    return;
  }
  observer_.acknowledged();
  oracle().end_write(ticket, batch, *at);
  oracle().made_durable({.floor = *at});
  observer_.mark("sim.ingest");
  returned(*at);
}

void Client::apply(const op::CompactLevel& compact) { compacted(store_.compact_level(compact.level)); }
void Client::apply(const op::CompactRange& compact) { compacted(store_.compact_range(key_bounds(compact.bounds))); }

void Client::apply(const op::SetPolicy& set) {
  const std::string& name = state_.policies[set.policy % state_.policies.size()].name;
  state_.recorded_policy.begin(name);
  const Status done = store_.set_compaction_policy(name);
  if (!answers_.succeeded("set_compaction_policy", error_of(done))) return;
  state_.recorded_policy.end(name);
  returned({});
}

void Client::apply(const op::Abandon&) {
  answers_.closes();
  store_.abandon();
  if (answers_.dead()) return;
  if (const auto late = store_.get(""); late.ok() || late.error().code() != Code::kClosed) {
    oracle().violate("abandon", "an abandoned store answers a read with something else than kClosed");
  }
  answers_.stop_if_violated();
}

void Client::compacted(const Status& done) {
  if (!answers_.succeeded("compact", error_of(done))) return;
  observer_.mark("sim.compact_by_hand");
  returned({});
}

Client::Reading Client::now() {
  return {.ticket = oracle().begin(), .options = {}, .struck_before = answers_.faults()};
}

Client::Reading Client::in_the_past(const AsOf& as_of) {
  Reading reading{.ticket = oracle().begin(),
                  .options = {.as_of = oracle().some_stamp(as_of.stamp)},
                  .struck_before = answers_.faults()};
  if (!as_of.slot) return reading;
  const auto& held = snapshots_[*as_of.slot % kSlots];
  if (!held) return reading;
  reading.options = held->snapshot.read();
  if (observer_.age().merges > held->taken.merges) observer_.mark("sim.snapshot_read_after_merge");
  if (observer_.age().flushes > held->taken.flushes) observer_.mark("sim.snapshot_read_after_flush");
  return reading;
}

bool Client::answered(std::string_view call, const Error* error, const Reading& reading) {
  const auto& as_of = reading.options.as_of;
  if (error != nullptr && as_of && answers_.refused(*error, reading.ticket, *as_of)) {
    observer_.mark("sim.read_refused");
    return false;
  }
  return answers_.succeeded(call, error, reading.struck_before);
}

void Client::returned(Timestamp at) {
  observer_.returned(current_, at);
  answers_.stop_if_violated();
}

// The last step of a read that was answered.
void Client::read_at(const Reading& reading, Timestamp at) {
  oracle().end_read(reading.ticket, at, reading.options.as_of);
  if (reading.options.as_of) observer_.mark("sim.read_in_past");
  returned(at);
}

void Client::read(const std::string& key, const Reading& reading) {
  const auto found = session_.get(key, reading.options);
  if (!answered("get", error_of(found), reading)) return;
  oracle().check_get(key, session_.read_at(), *found);
  read_at(reading, session_.read_at());
}

void Client::apply(const op::MultiGet& get) {
  const Reading reading = get.as_of ? in_the_past(*get.as_of) : now();
  const std::vector<std::string_view> keys(get.keys.begin(), get.keys.end());
  const auto found = session_.multi_get(keys, reading.options);
  if (!answered("multi_get", error_of(found), reading)) return;
  if (found->size() != keys.size()) {
    oracle().violate("read", fmt::format("multi_get of {} keys answered {} values", keys.size(), found->size()));
  }
  for (std::size_t i = 0; i < std::min(keys.size(), found->size()); ++i) {
    oracle().check_get(keys[i], session_.read_at(), (*found)[i]);
  }
  read_at(reading, session_.read_at());
}

void Client::apply(const op::GetInto& get) {
  const Reading reading = now();
  const auto found = session_.get_into(get.key, buffer_, reading.options);
  if (!answered("get_into", error_of(found), reading)) return;
  if (!*found && !buffer_.empty()) oracle().violate("read", "get_into found no value and left bytes in the buffer");
  oracle().check_get(get.key, session_.read_at(), *found ? std::optional(buffer_) : std::nullopt);
  read_at(reading, session_.read_at());
}

std::optional<std::uint64_t> Client::size_of(const KeyBounds& bounds) {
  const Reading reading = now();
  const auto size = session_.approximate_size(bounds);
  if (!answered("approximate_size", error_of(size), reading)) return std::nullopt;
  return *size;
}

// Sizes are those of the tables at one moment: parts are compared with the whole only if it was the same before and after.
void Client::apply(const op::ApproximateSize& size) {
  const KeyBounds whole = key_bounds(size.bounds);
  const auto before = size_of(whole);
  const auto left = size_of({.low = whole.low, .high = size.middle});
  const auto right = size_of({.low = size.middle, .high = whole.high});
  const auto after = size_of(whole);
  if (!before || !left || !right || !after) return;
  const bool empty = whole.high && whole.low >= *whole.high;
  if (empty && *before != 0) oracle().violate("size", fmt::format("an empty range takes {} bytes", *before));
  const bool within = size.middle >= whole.low && (!whole.high || size.middle <= *whole.high);
  if (within && *before == *after && *left + *right != *before) {
    oracle().violate("size", fmt::format("a range takes {} bytes, its parts {} and {}", *before, *left, *right));
  }
  returned({});
}

void Client::apply(const op::Scan& scan) { read(scan.bounds, {.backward = false, .limit = scan.limit}, now()); }
void Client::apply(const op::ScanBack& scan) { read(scan.bounds, {.backward = true, .limit = scan.limit}, now()); }
void Client::apply(const op::ScanAsOf& scan) {
  read(scan.bounds, {.backward = scan.backward, .limit = kAsOfPairsMax}, in_the_past(scan.as_of));
}

void Client::read(const Bounds& bounds, Direction direction, const Reading& reading) {
  auto cursor = session_.iterator(key_bounds(bounds), reading.options);
  if (!answered("iterator", error_of(cursor), reading)) return;
  const bool backward = direction.backward;
  std::vector<std::pair<std::string, std::string>> pairs;
  Iterator& at = **cursor;
  for (backward ? at.seek_to_last() : at.seek_to_first(); at.valid() && pairs.size() < direction.limit;
       backward ? at.prev() : at.next()) {
    pairs.emplace_back(at.key(), at.value());
  }
  const Status status = at.status();
  if (!answers_.succeeded("scan", error_of(status), reading.struck_before)) return;
  Model::Range range{.low = bounds.low, .high = std::nullopt, .limit = direction.limit, .backward = backward};
  if (bounds.high) range.high = *bounds.high;
  oracle().check_scan(range, at.read_at(), pairs);
  read_at(reading, at.read_at());
}

void Client::apply(const op::TakeSnapshot& take) {
  take_snapshot(take.slot % kSlots);
  check_floor();
}

void Client::take_snapshot(std::size_t slot) {
  release_snapshot(slot);
  const Reading reading = now();
  auto snapshot = store_.snapshot();
  if (!answers_.succeeded("snapshot", error_of(snapshot))) return;
  const Timestamp at = snapshot->at();
  snapshots_[slot].emplace(Held{.snapshot = std::move(*snapshot), .name = 0, .taken = observer_.age()});
  snapshots_[slot]->name = oracle().end_snapshot(reading.ticket, at);
  returned(at);
}

void Client::release_snapshot(std::size_t slot) {
  if (!snapshots_[slot]) return;
  oracle().release_snapshot(snapshots_[slot]->name);
  snapshots_[slot].reset();
}

void Client::apply(const op::ReleaseSnapshot& release) {
  check_floor();
  release_snapshot(release.slot % kSlots);
}

void Client::apply(const op::WalkCursor& walk) {
  const Reading reading = now();
  auto cursor = session_.iterator(key_bounds(walk.bounds));
  if (!answered("iterator", error_of(cursor), reading)) return;
  CursorChecker checker({.oracle = oracle(), .answers = answers_, .observer = observer_}, std::move(*cursor),
                        key_bounds(walk.bounds));
  if (!checker.take(walk.steps)) return;
  read_at(reading, checker.read_at());
}

void Client::apply(const op::OpenCursor& open) {
  const Reading reading = open.as_of ? in_the_past(*open.as_of) : now();
  auto cursor = session_.iterator(key_bounds(open.bounds), reading.options);
  if (!answered("iterator", error_of(cursor), reading)) return;
  auto& slot = cursors_[open.slot % kSlots];
  slot.emplace(CursorChecker::Parts{.oracle = oracle(), .answers = answers_, .observer = observer_}, std::move(*cursor),
               key_bounds(open.bounds));
  read_at(reading, slot->read_at());
}

void Client::apply(const op::UseCursor& use) {
  auto& cursor = cursors_[use.slot % kSlots];
  if (!cursor) return;
  if (!cursor->take(use.steps)) {
    cursor.reset();  // the cursor keeps its error, so it is of no further use
    return;
  }
  returned(cursor->read_at());
}

void Client::apply(const op::Sync&) {
  const Reading reading = now();
  became_durable("sync", reading, store_.sync());
}

void Client::apply(const op::Flush&) {
  const Reading reading = now();
  became_durable("flush", reading, store_.flush());
}

void Client::became_durable(std::string_view call, const Reading& reading, const Status& done) {
  if (!answers_.succeeded(call, error_of(done))) return;
  oracle().made_durable(reading.ticket);
  returned(reading.ticket.floor);
}

void Client::apply(const op::Checkpoint& checkpoint) {
  const Reading reading = now();
  const std::string directory = state_.new_directory();
  if (!answers_.succeeded("checkpoint", error_of(store_.checkpoint(directory)))) return;
  const bool keep = checkpoint.keep && state_.disk_is_honest();  // a lie could have damaged it
  if (!compare_checkpoint(reading.ticket, directory, keep)) return;
  if (!keep) remove_all(fs_, directory);
  observer_.mark("sim.checkpoint");
  returned(reading.ticket.floor);
}

bool Client::compare_checkpoint(const Oracle::Ticket& ticket, const std::string& directory, bool keep) {
  Options options = store_.options();
  options.data_dir = directory;
  auto copy = Store::open_read_only(fs_, options);
  if (!answers_.succeeded("open of a checkpoint", error_of(copy))) return false;
  const auto contents = dump(**copy, Showing::kPairs);
  if (!answers_.succeeded("reads of a checkpoint", error_of(contents))) return false;
  oracle().made_durable(ticket);  // a checkpoint flushes first
  oracle().check_checkpoint(ticket, contents->newest(), contents->pairs);
  if (keep) state_.keep_copy(directory, contents->pairs);
  answers_.stop_if_violated();
  return !answers_.dead();
}

void Client::check_floor() {
  const Reading reading = now();
  const Timestamp floor = store_.history_floor();
  if (answers_.dead()) return;
  state_.saw_clock();
  oracle().check_floor(reading.ticket, floor);
  answers_.stop_if_violated();
}

void Client::apply(const op::Sleep& sleep) {
  rt::sleep_until(rt::monotonic_ns() + sleep.duration_ns);
  returned({});
}

void Client::apply(const op::ClockJump& jump) {
  state_.jump_clock(jump.ticks);
  returned({});
}

void Client::apply(const op::ClockFreeze&) {
  state_.freeze_clock();
  returned({});
}

void Client::apply(const op::ClockRun&) {
  state_.unfreeze_clock();
  returned({});
}

}  // namespace mylonite::sim
