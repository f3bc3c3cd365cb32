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

WriteBatch batch_of(const Operation& operation) {
  WriteBatch batch;
  if (operation.kind == OpKind::kPut) batch.put(operation.key, operation.text);
  if (operation.kind == OpKind::kRemove) batch.remove(operation.key);
  if (operation.kind == OpKind::kRemoveRange) batch.remove_range(operation.key, operation.text);
  for (const BatchItem& item : operation.batch) {
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

KeyBounds bounds_of(const Operation& operation) {
  KeyBounds bounds{.low = operation.key, .high = std::nullopt};
  if (!operation.text.empty()) bounds.high = operation.text;
  return bounds;
}

bool backward(const Operation& operation) {
  return operation.kind == OpKind::kScanBack || (operation.kind == OpKind::kScanAsOf && (operation.number & 1) != 0);
}

}  // namespace

std::string tell(const Operation& operation) {
  std::string text(op_name(operation.kind));
  if (operation.kind == OpKind::kBatch) {
    text += fmt::format(" of {}:", operation.batch.size());
    for (const BatchItem& item : operation.batch) {
      if (!item.high.empty()) {
        text += fmt::format(" remove '{}'…'{}'", printable(item.key, 16), printable(item.high, 16));
        continue;
      }
      text += item.value ? fmt::format(" '{}'='{}'", printable(item.key, 16), printable(*item.value, 12))
                         : fmt::format(" remove '{}'", printable(item.key, 16));
    }
    return text;
  }
  if (operation.kind < OpKind::kSync) text += fmt::format(" '{}'", printable(operation.key, 24));
  if (operation.kind == OpKind::kRemoveRange) text += fmt::format(" … '{}'", printable(operation.text, 24));
  if (operation.kind == OpKind::kPut) text += fmt::format(" = '{}'", printable(operation.text, 24));
  return text;
}

Client::~Client() {
  for (std::size_t slot = 0; slot < kSlots; ++slot) release_snapshot(slot);
}

void Client::perform(const Operation& operation) {
  const std::size_t slot = operation.number % kSlots;
  switch (operation.kind) {
    case OpKind::kPut:
    case OpKind::kRemove:
    case OpKind::kRemoveRange:
    case OpKind::kBatch: write(operation); break;
    case OpKind::kIngest: ingest(operation); break;
    case OpKind::kGet:
    case OpKind::kGetAsOf: get(operation); break;
    case OpKind::kScan:
    case OpKind::kScanBack:
    case OpKind::kScanAsOf: scan(operation); break;
    case OpKind::kWalk: walk(operation); break;
    case OpKind::kOpenCursor: open_cursor(operation); break;
    case OpKind::kUseCursor: use_cursor(operation); break;
    case OpKind::kCloseCursor: cursors_[slot].reset(); break;
    case OpKind::kTakeSnapshot:
      take_snapshot(operation);
      check_floor();
      break;
    case OpKind::kReleaseSnapshot:
      check_floor();
      release_snapshot(slot);
      break;
    case OpKind::kSync:
    case OpKind::kFlush: sync(operation.kind); break;
    case OpKind::kCompactLevel:
    case OpKind::kCompactRange: compact(operation); break;
    case OpKind::kCheckpoint: checkpoint(operation.number != 0); break;
    case OpKind::kSleep:
    case OpKind::kClockJump:
    case OpKind::kClockFreeze:
    case OpKind::kClockRun: clock(operation); break;
  }
}

void Client::write(const Operation& operation) {
  const WriteBatch batch = batch_of(operation);
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
  court_.returned(operation.kind, *at);
}

void Client::ingest(const Operation& operation) {
  const WriteBatch batch = batch_of(operation);
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
  court_.returned(operation.kind, *at);
}

void Client::compact(const Operation& operation) {
  const Status done = operation.kind == OpKind::kCompactRange
                          ? store_.compact_range(bounds_of(operation))
                          : store_.compact_level(static_cast<std::uint32_t>(operation.number));
  if (!court_.went_well("compact", error_of(done))) return;
  const SimulatorCode scope;
  court_.mark("sim.compact_by_hand");
  court_.returned(operation.kind, {});
}

Client::Reading Client::now() {
  const SimulatorCode scope;
  return {.ticket = court_.oracle().begin(), .options = {}, .failed_before = court_.failed_calls()};
}

Client::Reading Client::in_the_past(std::uint64_t number) {
  const SimulatorCode scope;
  Reading reading{.ticket = court_.oracle().begin(),
                  .options = {.as_of = court_.oracle().some_stamp(number / 4)},
                  .failed_before = court_.failed_calls()};
  const auto& held = snapshots_[number / 2 % kSlots];
  if (number % 2 == 1 || !held) return reading;
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
void Client::read_at(OpKind kind, const Reading& reading, Timestamp at) {
  court_.oracle().end_read(reading.ticket, at, reading.options.as_of);
  if (reading.options.as_of) court_.mark("sim.read_in_past");
  court_.returned(kind, at);
}

void Client::get(const Operation& operation) {
  const Reading reading = operation.kind == OpKind::kGetAsOf ? in_the_past(operation.number) : now();
  const auto found = session_.get(operation.key, reading.options);
  if (!answered("get", error_of(found), reading)) return;
  const SimulatorCode scope;
  court_.oracle().check_get(operation.key, session_.read_at(), *found);
  read_at(operation.kind, reading, session_.read_at());
}

void Client::scan(const Operation& operation) {
  const KeyBounds bounds = bounds_of(operation);
  const bool in_past = operation.kind == OpKind::kScanAsOf;
  const Reading reading = in_past ? in_the_past(operation.number >> 1) : now();
  const std::uint64_t limit = in_past ? kAsOfPairsMax : operation.number;
  auto cursor = session_.iterator(bounds, reading.options);
  if (!answered("iterator", error_of(cursor), reading)) return;
  std::vector<std::pair<std::string, std::string>> pairs;
  Iterator& at = **cursor;
  for (backward(operation) ? at.seek_to_last() : at.seek_to_first(); at.valid() && pairs.size() < limit;
       backward(operation) ? at.prev() : at.next()) {
    pairs.emplace_back(at.key(), at.value());
  }
  const Status status = at.status();
  if (!court_.went_well("scan", error_of(status), reading.failed_before)) return;
  const SimulatorCode scope;
  Model::Range range{.low = bounds.low, .high = std::nullopt, .limit = limit, .backward = backward(operation)};
  if (bounds.high) range.high = *bounds.high;
  court_.oracle().check_scan(range, at.read_at(), pairs);
  read_at(operation.kind, reading, at.read_at());
}

void Client::take_snapshot(const Operation& operation) {
  const std::size_t slot = operation.number % kSlots;
  release_snapshot(slot);
  const Reading reading = now();
  auto snapshot = store_.snapshot();
  if (!court_.went_well("snapshot", error_of(snapshot))) return;
  const Timestamp at = snapshot->at();
  snapshots_[slot].emplace(Held{.snapshot = std::move(*snapshot), .name = 0, .taken = court_.age()});
  const SimulatorCode scope;
  snapshots_[slot]->name = court_.oracle().end_snapshot(reading.ticket, at);
  court_.returned(operation.kind, at);
}

void Client::release_snapshot(std::size_t slot) {
  if (!snapshots_[slot]) return;
  {
    const SimulatorCode scope;
    court_.oracle().release_snapshot(snapshots_[slot]->name);
  }
  snapshots_[slot].reset();
}

void Client::walk(const Operation& operation) {
  const Reading reading = now();
  auto cursor = session_.iterator(bounds_of(operation));
  if (!answered("iterator", error_of(cursor), reading)) return;
  CursorChecker walk(court_, std::move(*cursor), bounds_of(operation));
  if (!walk.steps(operation.number, operation.batch)) return;
  const SimulatorCode scope;
  read_at(operation.kind, reading, walk.read_at());
}

void Client::open_cursor(const Operation& operation) {
  const Reading reading = operation.number % 8 == 0 ? in_the_past(operation.number / 8) : now();
  auto cursor = session_.iterator(bounds_of(operation), reading.options);
  if (!answered("iterator", error_of(cursor), reading)) return;
  auto& slot = cursors_[operation.number % kSlots];
  slot.emplace(court_, std::move(*cursor), bounds_of(operation));
  const SimulatorCode scope;
  read_at(operation.kind, reading, slot->read_at());
}

void Client::use_cursor(const Operation& operation) {
  auto& cursor = cursors_[operation.number % kSlots];
  if (!cursor) return;
  if (!cursor->steps(operation.number, operation.batch)) {
    cursor.reset();  // an error stays with it
    return;
  }
  const SimulatorCode scope;
  court_.returned(operation.kind, cursor->read_at());
}

void Client::sync(OpKind kind) {
  const bool flush = kind == OpKind::kFlush;
  const Reading reading = now();
  const Status done = flush ? store_.flush() : store_.sync();
  if (!court_.went_well(flush ? "flush" : "sync", error_of(done))) return;
  const SimulatorCode scope;
  court_.oracle().made_durable(reading.ticket);
  court_.returned(kind, reading.ticket.floor);
}

void Client::checkpoint(bool keep) {
  const Reading reading = now();
  const std::string directory = court_.new_directory();
  if (!court_.went_well("checkpoint", error_of(store_.checkpoint(directory)))) return;
  keep &= court_.disk_is_honest();  // nothing that it depends on was lied about
  if (!compare_checkpoint(reading.ticket, directory, keep)) return;
  if (!keep) remove_all(fs_, directory);
  const SimulatorCode scope;
  court_.mark("sim.checkpoint");
  court_.returned(OpKind::kCheckpoint, reading.ticket.floor);
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

void Client::clock(const Operation& operation) {
  if (operation.kind == OpKind::kSleep) rt::sleep_until(rt::monotonic_ns() + operation.number);
  const SimulatorCode scope;
  VirtualClock& clock = court_.clock();
  if (operation.kind == OpKind::kClockJump) clock.jump(static_cast<std::int64_t>(operation.number));
  if (operation.kind == OpKind::kClockFreeze) clock.freeze();
  if (operation.kind == OpKind::kClockRun) clock.unfreeze();
  court_.returned(operation.kind, {});
}

}  // namespace mylonite::sim
