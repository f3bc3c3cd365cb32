#include "sim/run/mylonite_client.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <mylonite/file_system.h>

#include "sim/run/batches.h"
#include "sim/run/mylonite_store.h"
#include "sim/run/store_dump.h"

namespace mylonite::sim {

MyloniteClient::MyloniteClient(MyloniteStore& store, const OperationContext& context)
    : store_(store.store()), context_(context), session_(store_.session()) {}

MyloniteClient::~MyloniteClient() {
  for (std::size_t slot = 0; slot < kSlots; ++slot) release_snapshot(slot);
}

CursorChecker::Parts MyloniteClient::checks() const {
  return {.oracle = context_.oracle(), .answers = context_.answers(), .observer = context_.observer()};
}

void MyloniteClient::apply(const op::Ingest& ingest) {
  const WriteBatch batch = batch_of(ingest.items);
  BatchSource source(batch);
  Oracle& oracle = context_.oracle();
  const Oracle::Ticket ticket = oracle.begin();
  oracle.begin_write(batch);
  const auto at = store_.ingest(source);
  if (!context_.answers().succeeded("ingest", error_of(at))) {
    oracle.abandon_write(batch);
    return;
  }
  context_.observer().acknowledged();
  oracle.end_write(ticket, batch, *at);
  oracle.made_durable({.floor = *at});
  context_.observer().mark("sim.ingest");
  context_.returned(*at);
}

void MyloniteClient::apply(const op::CompactLevel& compact) { compacted(store_.compact_level(compact.level)); }
void MyloniteClient::apply(const op::CompactRange& compact) {
  compacted(store_.compact_range(key_bounds(compact.bounds)));
}

void MyloniteClient::compacted(const Status& done) {
  if (!context_.answers().succeeded("compact", error_of(done))) return;
  context_.observer().mark("sim.compact_by_hand");
  context_.returned({});
}

Reading MyloniteClient::in_the_past(const AsOf& as_of) {
  const Oracle& oracle = context_.oracle();
  Reading reading{
      .ticket = oracle.begin(),
      .options = {.as_of = as_of.near_expiry ? oracle.stamp_near_expiry(as_of.stamp) : oracle.some_stamp(as_of.stamp)},
      .struck_before = context_.answers().faults()};
  if (!as_of.slot) return reading;
  const auto& held = snapshots_[*as_of.slot % kSlots];
  if (!held) return reading;
  reading.options = held->snapshot.read();
  Observer& observer = context_.observer();
  if (observer.age().merges > held->taken.merges) observer.mark("sim.snapshot_read_after_merge");
  if (observer.age().flushes > held->taken.flushes) observer.mark("sim.snapshot_read_after_flush");
  return reading;
}

void MyloniteClient::apply(const op::GetAsOf& get) {
  const Reading reading = in_the_past(get.as_of);
  const auto found = sim::get(session_, get.key, reading.options);
  if (!context_.answered("get", error_of(found), reading)) return;
  context_.observer().found(found->value);
  context_.oracle().check_get(get.key, found->moment(), found->value);
  context_.read_at(reading, found->moment());
}

void MyloniteClient::apply(const op::ScanAsOf& scan) {
  const Reading reading = in_the_past(scan.as_of);
  const ScanRange range{.bounds = key_bounds(scan.bounds), .limit = kAsOfPairsMax, .backward = scan.backward};
  const auto found = sim::scan({.session = session_, .options = reading.options, .answers = context_.answers()}, range);
  if (!context_.answered("scan", error_of(found), reading)) return;
  context_.observer().found(found->value.size());
  context_.oracle().check_scan(model_range(range), found->moment(), found->value);
  context_.read_at(reading, found->moment());
}

void MyloniteClient::apply(const op::TakeSnapshot& take) {
  take_snapshot(take.slot % kSlots);
  check_floor();
}

void MyloniteClient::take_snapshot(std::size_t slot) {
  release_snapshot(slot);
  const Reading reading = context_.now();
  auto snapshot = store_.snapshot();
  if (!context_.answers().succeeded("snapshot", error_of(snapshot))) return;
  const Timestamp at = snapshot->at();
  snapshots_[slot].emplace(Held{.snapshot = std::move(*snapshot), .name = 0, .taken = context_.observer().age()});
  snapshots_[slot]->name = context_.oracle().end_snapshot(reading.ticket, at);
  context_.returned(at);
}

void MyloniteClient::release_snapshot(std::size_t slot) {
  if (!snapshots_[slot]) return;
  context_.oracle().release_snapshot(snapshots_[slot]->name);
  snapshots_[slot].reset();
}

void MyloniteClient::apply(const op::ReleaseSnapshot& release) {
  check_floor();
  release_snapshot(release.slot % kSlots);
}

void MyloniteClient::apply(const op::WalkCursor& walk) {
  const Reading reading = context_.now();
  auto cursor = session_.iterator(key_bounds(walk.bounds));
  if (!context_.answered("iterator", error_of(cursor), reading)) return;
  CursorChecker checker(checks(), std::move(*cursor), key_bounds(walk.bounds));
  if (!checker.take(walk.steps)) return;
  context_.read_at(reading, checker.moment());
}

void MyloniteClient::apply(const op::OpenCursor& open) {
  const Reading reading = open.as_of ? in_the_past(*open.as_of) : context_.now();
  auto cursor = session_.iterator(key_bounds(open.bounds), reading.options);
  if (!context_.answered("iterator", error_of(cursor), reading)) return;
  auto& slot = cursors_[open.slot % kSlots];
  slot.emplace(checks(), std::move(*cursor), key_bounds(open.bounds));
  context_.read_at(reading, slot->moment());
}

void MyloniteClient::apply(const op::UseCursor& use) {
  auto& cursor = cursors_[use.slot % kSlots];
  if (!cursor) return;
  if (!cursor->take(use.steps)) {
    cursor.reset();  // the cursor keeps its error, so it is of no further use
    return;
  }
  context_.returned(cursor->moment().at);
}

void MyloniteClient::apply(const op::Flush&) {
  const Reading reading = context_.now();
  context_.became_durable("flush", reading, store_.flush());
}

void MyloniteClient::apply(const op::Checkpoint& checkpoint) {
  RunState& state = context_.state();
  const std::string directory = state.new_directory();
  const std::optional<StoredPairs> shown = this->checkpoint(directory);
  if (!shown) return;
  const bool keep = checkpoint.keep && state.disk_is_honest();  // a lie could have damaged it
  if (keep) {
    state.keep_copy(directory, *shown);
  } else {
    remove_all(context_.fs(), directory);
  }
  context_.observer().mark("sim.checkpoint");
  context_.returned({});
}

std::optional<StoredPairs> MyloniteClient::checkpoint(const std::string& directory) {
  const Reading reading = context_.now();
  AnswerChecker& answers = context_.answers();
  if (!answers.succeeded("checkpoint", error_of(store_.checkpoint(directory)))) return std::nullopt;
  auto copy = Store::open_read_only(context_.fs(), options_in(directory));
  if (!answers.succeeded("open of a checkpoint", error_of(copy))) return std::nullopt;
  auto shown = dump(**copy);
  if (!answers.succeeded("reads of a checkpoint", error_of(shown))) return std::nullopt;
  context_.oracle().made_durable(reading.ticket);  // a checkpoint flushes first
  context_.oracle().check_checkpoint(reading.ticket, {shown->newest(), shown->contents.expired_through}, shown->pairs);
  answers.stop_if_violated();
  if (answers.dead()) return std::nullopt;
  return std::move(shown->pairs);
}

Options MyloniteClient::options_in(const std::string& directory) const {
  Options options = store_.options();
  options.data_dir = directory;
  options.compaction_policy = "none";  // nothing expires before it was looked at
  return options;
}

void MyloniteClient::apply(const op::Destroy&) {
  RunState& state = context_.state();
  AnswerChecker& answers = context_.answers();
  const std::string directory = state.new_directory();
  const std::optional<StoredPairs> shown = checkpoint(directory);
  if (!shown || !refuses_destruction(options_in(directory))) return;
  state.begin_destruction(directory, *shown);
  if (!answers.succeeded("destroy", error_of(Store::destroy(context_.fs(), options_in(directory))))) return;
  if (state.end_destruction(directory)) context_.oracle().violate("destroy", directory + " is still there");
  context_.observer().mark("sim.destroy");
  context_.returned({});
}

// Opens the store, and closes it after the attempt.
bool MyloniteClient::refuses_destruction(const Options& options) {
  AnswerChecker& answers = context_.answers();
  const auto store = Store::open(context_.fs(), options, context_.state().components());
  if (!answers.succeeded("open of a checkpoint for writing", error_of(store))) return false;
  const Status refused = Store::destroy(context_.fs(), options);
  if (refused.ok() && !answers.dead()) {
    context_.oracle().violate("destroy", options.data_dir + " was destroyed while it was open");
  } else if (refused.ok() || refused.error().code() != Code::kLocked) {
    if (!answers.succeeded("destroy of an open store", error_of(refused))) return false;
  }
  return answers.succeeded("close of a checkpoint", error_of((*store)->close()));
}

void MyloniteClient::apply(const op::BatchSync& batch) {
  const WriteBatch writes = batch_of(batch.items);
  const Writing writing = context_.begin_write(writes, batch.sync);
  context_.end_write(writing, store_.write(writes, {.sync = batch.sync}));
}

void MyloniteClient::apply(const op::SetPolicy& set) {
  context_.state().recorded_policy.begin(set.policy);
  const Status done = store_.set_compaction_policy(set.policy);
  if (!context_.answers().succeeded("set_compaction_policy", error_of(done))) return;
  context_.state().recorded_policy.end(set.policy);
  context_.returned({});
}

void MyloniteClient::apply(const op::Abandon&) {
  context_.answers().closes();
  store_.abandon();
  if (context_.answers().dead()) return;
  context_.answers().closed();
  if (const auto late = store_.get(""); late.ok() || late.error().code() != Code::kClosed) {
    context_.oracle().violate("abandon", "an abandoned store answers a read with something else than kClosed");
  }
  context_.answers().stop_if_violated();
}

void MyloniteClient::apply(const op::MultiGet& get) {
  const Reading reading = get.as_of ? in_the_past(*get.as_of) : context_.now();
  const std::vector<std::string_view> keys(get.keys.begin(), get.keys.end());
  const auto found = session_.multi_get(keys, reading.options);
  if (!context_.answered("multi_get", error_of(found), reading)) return;
  if (found->size() != keys.size()) {
    context_.oracle().violate("read",
                              fmt::format("multi_get of {} keys answered {} values", keys.size(), found->size()));
  }
  for (std::size_t i = 0; i < std::min(keys.size(), found->size()); ++i) {
    context_.oracle().check_get(keys[i], session_.moment(), (*found)[i]);
  }
  context_.read_at(reading, session_.moment());
}

void MyloniteClient::apply(const op::GetInto& get) {
  const Reading reading = context_.now();
  const auto found = session_.get_into(get.key, buffer_, reading.options);
  if (!context_.answered("get_into", error_of(found), reading)) return;
  if (!*found && !buffer_.empty())
    context_.oracle().violate("read", "get_into found no value and left bytes in the buffer");
  context_.oracle().check_get(get.key, session_.moment(), *found ? std::optional(buffer_) : std::nullopt);
  context_.read_at(reading, session_.moment());
}

std::optional<std::uint64_t> MyloniteClient::size_of(const KeyBounds& bounds) {
  const Reading reading = context_.now();
  const auto size = session_.approximate_size(bounds);
  if (!context_.answered("approximate_size", error_of(size), reading)) return std::nullopt;
  return *size;
}

// Sizes are those of the tables at one moment: parts are compared with the whole only if it was the same before and
// after.
void MyloniteClient::apply(const op::ApproximateSize& size) {
  const KeyBounds whole = key_bounds(size.bounds);
  const auto before = size_of(whole);
  const auto left = size_of({.low = whole.low, .high = size.middle});
  const auto right = size_of({.low = size.middle, .high = whole.high});
  const auto after = size_of(whole);
  if (!before || !left || !right || !after) return;
  const bool empty = whole.high && whole.low >= *whole.high;
  if (empty && *before != 0) context_.oracle().violate("size", fmt::format("an empty range takes {} bytes", *before));
  const bool within = size.middle >= whole.low && (!whole.high || size.middle <= *whole.high);
  if (within && *before == *after && *left + *right != *before) {
    context_.oracle().violate("size",
                              fmt::format("a range takes {} bytes, its parts {} and {}", *before, *left, *right));
  }
  context_.returned({});
}

void MyloniteClient::check_floor() {
  const Reading reading = context_.now();
  const Timestamp floor = store_.history_floor();
  if (context_.answers().dead()) return;
  context_.state().saw_clock();
  context_.oracle().check_floor(reading.ticket, floor);
  context_.answers().stop_if_violated();
}

}  // namespace mylonite::sim
