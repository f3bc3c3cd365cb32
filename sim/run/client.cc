#include "sim/run/client.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/vfs/file_system.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/store_dump.h"

namespace mylonite::sim {
namespace {

const Error* error_of(const Status& status) { return status.ok() ? nullptr : &status.error(); }
template <class T>
const Error* error_of(const Result<T>& result) {
  return result.ok() ? nullptr : &result.error();
}

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

void Client::write(const WriteBatch& batch) {
  const WriteBatch collapsed = batch.collapsed();
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    ticket = court_.oracle().begin();
    court_.oracle().begin_write(collapsed);
    if (batch.encoded().size() > store_.options().memtable_max_bytes) court_.mark("sim.batch_larger_than_memtable");
  }
  const auto at = store_.write(batch);
  const bool well = court_.went_well("write", error_of(at));
  const SimulatorCode scope;
  if (!well) {
    court_.oracle().abandon_write(collapsed);
    return;
  }
  ++court_.stats().writes;
  court_.oracle().end_write(ticket, collapsed, *at);
  returned(*at);
}

void Client::apply(const op::Ingest& ingest) {
  const WriteBatch batch = batch_of(ingest.items);
  BatchSource source(batch);
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    ticket = court_.oracle().begin();
    court_.oracle().begin_write(batch);
  }
  const auto at = store_.ingest(source);
  const bool well = court_.went_well("ingest", error_of(at));
  const SimulatorCode scope;
  if (!well) {
    court_.oracle().abandon_write(batch);
    return;
  }
  ++court_.stats().writes;
  court_.oracle().end_write(ticket, batch, *at);
  court_.oracle().made_durable({.floor = *at});
  court_.mark("sim.ingest");
  returned(*at);
}

void Client::apply(const op::CompactLevel& compact) { compacted(store_.compact_level(compact.level)); }
void Client::apply(const op::CompactRange& compact) { compacted(store_.compact_range(key_bounds(compact.bounds))); }

void Client::compacted(const Status& done) {
  if (!court_.went_well("compact", error_of(done))) return;
  const SimulatorCode scope;
  court_.mark("sim.compact_by_hand");
  returned({});
}

Client::Reading Client::now() {
  const SimulatorCode scope;
  return {.ticket = court_.oracle().begin(), .options = {}, .failed_before = court_.failed_calls()};
}

Client::Reading Client::in_the_past(const AsOf& as_of) {
  const SimulatorCode scope;
  Reading reading{.ticket = court_.oracle().begin(),
                  .options = {.as_of = court_.oracle().some_stamp(as_of.stamp)},
                  .failed_before = court_.failed_calls()};
  if (!as_of.slot) return reading;
  const auto& held = snapshots_[*as_of.slot % kSlots];
  if (!held) return reading;
  reading.options = held->snapshot.read();
  if (court_.age().merges > held->taken.merges) court_.mark("sim.snapshot_read_after_merge");
  if (court_.age().flushes > held->taken.flushes) court_.mark("sim.snapshot_read_after_flush");
  return reading;
}

bool Client::answered(std::string_view call, const Error* error, const Reading& reading) {
  const auto& as_of = reading.options.as_of;
  if (error != nullptr && as_of && court_.refused(*error, reading.ticket, *as_of)) return false;
  return court_.went_well(call, error, reading.failed_before);
}

// The last of a read that was answered, in the simulator's scope.
void Client::read_at(const Reading& reading, Timestamp at) {
  court_.oracle().end_read(reading.ticket, at, reading.options.as_of);
  if (reading.options.as_of) court_.mark("sim.read_in_past");
  returned(at);
}

void Client::read(const std::string& key, const Reading& reading) {
  const auto found = session_.get(key, reading.options);
  if (!answered("get", error_of(found), reading)) return;
  const SimulatorCode scope;
  court_.oracle().check_get(key, session_.read_at(), *found);
  read_at(reading, session_.read_at());
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
  if (!court_.went_well("scan", error_of(status), reading.failed_before)) return;
  const SimulatorCode scope;
  Model::Range range{.low = bounds.low, .high = std::nullopt, .limit = direction.limit, .backward = backward};
  if (bounds.high) range.high = *bounds.high;
  court_.oracle().check_scan(range, at.read_at(), pairs);
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
  if (!court_.went_well("snapshot", error_of(snapshot))) return;
  const Timestamp at = snapshot->at();
  snapshots_[slot].emplace(Held{.snapshot = std::move(*snapshot), .name = 0, .taken = court_.age()});
  const SimulatorCode scope;
  snapshots_[slot]->name = court_.oracle().end_snapshot(reading.ticket, at);
  returned(at);
}

void Client::release_snapshot(std::size_t slot) {
  if (!snapshots_[slot]) return;
  {
    const SimulatorCode scope;
    court_.oracle().release_snapshot(snapshots_[slot]->name);
  }
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
  CursorChecker checker(court_, std::move(*cursor), key_bounds(walk.bounds));
  if (!checker.take(walk.steps)) return;
  const SimulatorCode scope;
  read_at(reading, checker.read_at());
}

void Client::apply(const op::OpenCursor& open) {
  const Reading reading = open.as_of ? in_the_past(*open.as_of) : now();
  auto cursor = session_.iterator(key_bounds(open.bounds), reading.options);
  if (!answered("iterator", error_of(cursor), reading)) return;
  auto& slot = cursors_[open.slot % kSlots];
  slot.emplace(court_, std::move(*cursor), key_bounds(open.bounds));
  const SimulatorCode scope;
  read_at(reading, slot->read_at());
}

void Client::apply(const op::UseCursor& use) {
  auto& cursor = cursors_[use.slot % kSlots];
  if (!cursor) return;
  if (!cursor->take(use.steps)) {
    cursor.reset();  // an error stays with it
    return;
  }
  const SimulatorCode scope;
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
  if (!court_.went_well(call, error_of(done))) return;
  const SimulatorCode scope;
  court_.oracle().made_durable(reading.ticket);
  returned(reading.ticket.floor);
}

void Client::apply(const op::Checkpoint& checkpoint) {
  const Reading reading = now();
  const std::string directory = court_.new_directory();
  if (!court_.went_well("checkpoint", error_of(store_.checkpoint(directory)))) return;
  const bool keep = checkpoint.keep && court_.disk_is_honest();  // nothing that it depends on was lied about
  if (!compare_checkpoint(reading.ticket, directory, keep)) return;
  if (!keep) remove_all(fs_, directory);
  const SimulatorCode scope;
  court_.mark("sim.checkpoint");
  returned(reading.ticket.floor);
}

bool Client::compare_checkpoint(const Oracle::Ticket& ticket, const std::string& directory, bool keep) {
  Options options = store_.options();
  options.data_dir = directory;
  auto copy = Store::open_read_only(fs_, options);
  if (!court_.went_well("open of a checkpoint", error_of(copy))) return false;
  const auto contents = dump(**copy, Showing::kPairs);
  if (!court_.went_well("reads of a checkpoint", error_of(contents))) return false;
  const SimulatorCode scope;
  court_.oracle().made_durable(ticket);  // it flushes
  court_.oracle().check_checkpoint(ticket, contents->newest(), contents->pairs);
  if (keep) court_.keep({.directory = directory, .pairs = contents->pairs});
  court_.end_if_violated();
  return !court_.dead();
}

void Client::check_floor() {
  const Reading reading = now();
  const Timestamp floor = store_.history_floor();
  if (court_.dead()) return;
  const SimulatorCode scope;
  court_.saw_clock();
  court_.oracle().check_floor(reading.ticket, floor);
  court_.end_if_violated();
}

void Client::apply(const op::Sleep& sleep) {
  rt::sleep_until(rt::monotonic_ns() + sleep.duration_ns);
  const SimulatorCode scope;
  returned({});
}

void Client::apply(const op::ClockJump& jump) {
  const SimulatorCode scope;
  court_.clock().jump(jump.ticks);
  returned({});
}

void Client::apply(const op::ClockFreeze&) {
  const SimulatorCode scope;
  court_.clock().freeze();
  returned({});
}

void Client::apply(const op::ClockRun&) {
  const SimulatorCode scope;
  court_.clock().unfreeze();
  returned({});
}

}  // namespace mylonite::sim
