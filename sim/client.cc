// Life's clients: each performs its operations and tells the oracle what it asked and what came back.
#include <fmt/format.h>

#include "core/base/bytes.h"
#include "sim/life.h"
#include "sim/sanitizer.h"

namespace mylonite::sim {
namespace {

WriteBatch batch_of(const Operation& operation) {
  WriteBatch batch;
  if (operation.kind == OpKind::kPut) batch.put(operation.key, operation.text);
  if (operation.kind == OpKind::kRemove) batch.remove(operation.key);
  for (const BatchItem& item : operation.batch) {
    if (item.value) {
      batch.put(item.key, *item.value);
    } else {
      batch.remove(item.key);
    }
  }
  return batch;
}

std::string tell(const Operation& operation) {
  std::string text(op_name(operation.kind));
  if (operation.kind == OpKind::kBatch) {
    text += fmt::format(" of {}:", operation.batch.size());
    for (const BatchItem& item : operation.batch) {
      text += item.value ? fmt::format(" '{}'='{}'", printable(item.key, 16), printable(*item.value, 12))
                         : fmt::format(" remove '{}'", printable(item.key, 16));
    }
    return text;
  }
  if (operation.kind <= OpKind::kScanBack) text += fmt::format(" '{}'", printable(operation.key, 24));
  if (operation.kind == OpKind::kPut) text += fmt::format(" = '{}'", printable(operation.text, 24));
  return text;
}

}  // namespace

void Life::client(Store& store, std::size_t number) {
  Session session = store.session();
  for (const Operation& operation : life_.clients[number]) {
    rt::point("client");
    if (machine_.dead()) return;
    tell_begin(number, operation);
    perform(store, session, operation);
    count_operation();
  }
}

void Life::tell_begin(std::size_t number, const Operation& operation) {
  if (universe_.narrator == nullptr) return;
  const SimulatorCode scope;
  const int fiber = scheduler_.current_fiber();
  clients_[fiber] = number + 1;
  universe_.narrator->client(fmt::format("client {} = fiber {}  {} …", number + 1, fiber, tell(operation)));
}

void Life::count_operation() {
  if (machine_.dead()) return;
  const SimulatorCode scope;
  ++universe_.stats.operations;
}

void Life::perform(Store& store, Session& session, const Operation& operation) {
  switch (operation.kind) {
    case OpKind::kPut:
    case OpKind::kRemove:
    case OpKind::kBatch: perform_write(store, operation); break;
    case OpKind::kGet:
    case OpKind::kGetAsOf: perform_get(session, operation); break;
    case OpKind::kScan:
    case OpKind::kScanBack: perform_scan(session, operation); break;
    case OpKind::kSync: perform_sync(store, false); break;
    case OpKind::kFlush: perform_sync(store, true); break;
    case OpKind::kSleep:
    case OpKind::kClockJump:
    case OpKind::kClockFreeze:
    case OpKind::kClockRun: perform_clock(operation); break;
  }
}

void Life::returned(const Operation& operation, Timestamp at) {
  universe_.world.trace.event(EventKind::kNote, static_cast<std::uint64_t>(operation.kind), at.ticks);
  if (universe_.narrator != nullptr) {
    const auto client = clients_.find(scheduler_.current_fiber());
    const std::string who = client == clients_.end() ? "the judge" : fmt::format("client {}", client->second);
    universe_.narrator->client(fmt::format("{}  {}: stamp {}", who, op_name(operation.kind), at.ticks));
  }
  end_if_violated();
}

void Life::perform_write(Store& store, const Operation& operation) {
  const WriteBatch batch = batch_of(operation);
  const WriteBatch collapsed = batch.collapsed();
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    ticket = universe_.oracle.begin();
    universe_.oracle.begin_write(collapsed);
  }
  const auto at = store.write(batch);
  if (!went_well("write", at.ok() ? nullptr : &at.error())) {
    const SimulatorCode scope;
    universe_.oracle.abandon_write(collapsed);
    return;
  }
  const SimulatorCode scope;
  ++universe_.stats.writes;
  universe_.oracle.end_write(ticket, collapsed, *at);
  returned(operation, *at);
}

void Life::perform_get(Session& session, const Operation& operation) {
  ReadOptions options;
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    if (operation.kind == OpKind::kGetAsOf) options.as_of = universe_.oracle.some_stamp(operation.number);
    ticket = universe_.oracle.begin();
  }
  const auto found = session.get(operation.key, options);
  if (!went_well("get", found.ok() ? nullptr : &found.error())) return;
  const SimulatorCode scope;
  universe_.oracle.end_read(ticket, session.read_at(), options.as_of);
  universe_.oracle.check_get(operation.key, session.read_at(), *found);
  returned(operation, session.read_at());
}

void Life::perform_scan(Session& session, const Operation& operation) {
  const bool backward = operation.kind == OpKind::kScanBack;
  KeyBounds bounds{.low = operation.key, .high = std::nullopt};
  if (!operation.text.empty()) bounds.high = operation.text;
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    ticket = universe_.oracle.begin();
  }
  auto cursor = session.iterator(bounds);
  if (!went_well("iterator", cursor.ok() ? nullptr : &cursor.error())) return;
  std::vector<std::pair<std::string, std::string>> pairs;
  Iterator& at = **cursor;
  for (backward ? at.seek_to_last() : at.seek_to_first(); at.valid() && pairs.size() < operation.number;
       backward ? at.prev() : at.next()) {
    pairs.emplace_back(at.key(), at.value());
  }
  const Status status = at.status();
  if (!went_well("scan", status.ok() ? nullptr : &status.error())) return;
  const SimulatorCode scope;
  Model::Range range{.low = operation.key, .high = std::nullopt, .limit = operation.number, .backward = backward};
  if (bounds.high) range.high = *bounds.high;
  universe_.oracle.end_read(ticket, at.read_at(), std::nullopt);
  universe_.oracle.check_scan(range, at.read_at(), pairs);
  returned(operation, at.read_at());
}

void Life::perform_sync(Store& store, bool flush) {
  Oracle::Ticket ticket;
  {
    const SimulatorCode scope;
    ticket = universe_.oracle.begin();
  }
  const Status done = flush ? store.flush() : store.sync();
  if (!went_well(flush ? "flush" : "sync", done.ok() ? nullptr : &done.error())) return;
  const SimulatorCode scope;
  universe_.oracle.made_durable(ticket);
  returned({.kind = flush ? OpKind::kFlush : OpKind::kSync}, ticket.floor);
}

void Life::perform_clock(const Operation& operation) {
  if (operation.kind == OpKind::kSleep) rt::sleep_until(rt::monotonic_ns() + operation.number);
  const SimulatorCode scope;
  if (operation.kind == OpKind::kClockJump) universe_.world.clock.jump(static_cast<std::int64_t>(operation.number));
  if (operation.kind == OpKind::kClockFreeze) universe_.world.clock.freeze();
  if (operation.kind == OpKind::kClockRun) universe_.world.clock.unfreeze();
  returned(operation, {});
}

}  // namespace mylonite::sim
