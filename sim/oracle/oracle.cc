#include "sim/oracle/oracle.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "sim/machine/sanitizer.h"

namespace mylonite::sim {
namespace {

std::string show(const std::optional<std::string>& value) {
  return value ? fmt::format("'{}'", printable(*value)) : std::string("absent");
}
std::string show(const std::string* value) {
  return value != nullptr ? fmt::format("'{}'", printable(*value)) : "absent";
}

bool same_but_for_bounds(const WriteBatch& open, const WriteBatch& stamped) {
  return std::ranges::equal(open.operations(), stamped.operations(), [](BatchOperation given, const auto& bounded) {
    if (given.kind == BatchOperation::Kind::kRemoveRange && !given.high) given.high = bounded.high;
    return given == bounded;
  });
}

}  // namespace

void Oracle::violate(std::string_view rule, std::string_view what) {
  const SimulatorCode scope;
  if (!violation_) violation_ = Violation{.rule = std::string(rule), .what = std::string(what)};
}

void Oracle::start_incarnation(const Options& options) {
  const SimulatorCode scope;
  granted_ = std::max(granted_, past(history_retention_ticks_));
  sync_on_ = options.wal_flush_every_write;
  unsynced_begun_ = false;
  history_retention_ticks_ = options.history_retention_seconds * kTicksPerSecond;
  least_retention_ticks_ = std::min(least_retention_ticks_, history_retention_ticks_);
  tombstone_retention_ticks_ = options.tombstone_retention_seconds * kTicksPerSecond;
  snapshots_.clear();
  unattested_.clear();
  attested_first_ = false;
  expiring_ = false;
  in_flight_.clear();
  for (StampedWrites* writes : {&stamped_writes_, &doubtful_}) {
    for (auto& [at, stamped] : *writes) {
      stamped.retention_ticks = std::min(stamped.retention_ticks, tombstone_retention_ticks_);
    }
  }
}

bool Oracle::await_stamp(const InFlight& writes) { return writes.stamps.size() - writes.of_failed < writes.writers; }

Oracle::EqualWrites::iterator Oracle::stamped_writes_of(const WriteBatch& batch) {
  const auto equal = in_flight_.find(batch.encoded());
  if (equal != in_flight_.end() && await_stamp(equal->second)) return equal;
  return std::ranges::find_if(in_flight_, [&](const auto& writes) {
    return writes.second.open && await_stamp(writes.second) && same_but_for_bounds(*writes.second.open, batch);
  });
}

// A range to the end and one with the very bound that it got look alike when they are stamped: then the stamps may have
// been noted the wrong way round.
bool Oracle::take_stamp(InFlight& writes, Timestamp at) {
  if (std::erase(writes.stamps, at) > 0) return true;
  for (auto& [encoded, other] : in_flight_) {
    if (other.open.has_value() == writes.open.has_value() || writes.stamps.empty()) continue;
    const auto found = std::ranges::find(other.stamps, at);
    if (found == other.stamps.end()) continue;
    *found = writes.stamps.back();
    writes.stamps.pop_back();
    return true;
  }
  return false;
}

// Where the store found the end of all keys, no key is left that has a value. The batch is not in the model yet.
void Oracle::check_bounds(const WriteBatch& open, const WriteBatch& stamped) {
  const std::vector<BatchOperation> given = open.operations();
  const std::vector<BatchOperation> bounded = stamped.operations();
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].kind != BatchOperation::Kind::kRemoveRange || given[i].high) continue;
    const Model::Range behind{.low = *bounded[i].high, .high = std::nullopt, .limit = 1, .backward = false};
    const Model::Pairs left = model_.scan(behind, {kTimestampMax, newest_expiry()});
    if (left.empty()) continue;
    violate("range-end", fmt::format("a removal to the end of all keys ends at '{}', and leaves '{}'",
                                     printable(*bounded[i].high), printable(left.front().first)));
  }
}

void Oracle::on_stamped(Timestamp at, const WriteBatch& batch) {
  const SimulatorCode scope;
  if (batch.has_open_range()) return on_stamped(at, batch.bounded(model_.above_all_keys(batch)));
  if (at <= newest_stamped_) {
    return violate("stamp-order",
                   fmt::format("a stamp above {} was expected, {} was issued", newest_stamped_.ticks, at.ticks));
  }
  newest_stamped_ = at;
  const auto writes = stamped_writes_of(batch);
  if (writes == in_flight_.end()) {
    violate("stamp-witness", fmt::format("stamp {} was given to a batch of {} operations that no client has in flight",
                                         at.ticks, batch.count()));
    return;
  }
  writes->second.stamps.push_back(at);
  if (writes->second.open) check_bounds(*writes->second.open, batch);
  model_.add(at, batch);
  stamped_writes_.emplace(at, StampedWrite{.batch = batch, .retention_ticks = tombstone_retention_ticks_});
}

StampedWrites::iterator Oracle::take_failed(Timestamp at, std::string_view what) {
  const auto stamped = stamped_writes_.find(at);
  const auto writes = std::ranges::find_if(in_flight_, [at](const auto& each) {
    return std::ranges::find(each.second.stamps, at) != each.second.stamps.end();
  });
  if (stamped == stamped_writes_.end() || writes == in_flight_.end()) {
    violate("stamp-witness", fmt::format("{} of stamp {} failed, and none is in flight", what, at.ticks));
    return stamped_writes_.end();
  }
  std::erase(writes->second.stamps, at);
  writes->second.of_failed = std::min(writes->second.of_failed, writes->second.stamps.size());
  return stamped;
}

void Oracle::on_write_failed(Timestamp at) {
  const SimulatorCode scope;
  const auto stamped = take_failed(at, "a write");
  if (stamped == stamped_writes_.end()) return;
  stamped->second.failed = true;
  model_.hide(at, stamped->second.batch);
}

void Oracle::on_ingest_given_up(Timestamp at) {
  const SimulatorCode scope;
  const auto stamped = take_failed(at, "an ingest");
  if (stamped == stamped_writes_.end()) return;
  model_.forget(at, stamped->second.batch);
  stamped_writes_.erase(stamped);
}

void Oracle::end_write(const Ticket& ticket, const WriteBatch& batch, Timestamp at, std::optional<bool> sync) {
  const SimulatorCode scope;
  const auto writes = in_flight_.find(batch.encoded());
  if (batch.count() > 0) {
    if (!take_stamp(writes->second, at)) {
      violate("stamp-witness", fmt::format("the write answered stamp {}, which no batch like it was given", at.ticks));
    }
    if (at <= ticket.floor) {
      violate("real-time", fmt::format("a write got stamp {}, although {} had returned before it began", at.ticks,
                                       ticket.floor.ticks));
    }
    if (const auto stamped = stamped_writes_.find(at); stamped != stamped_writes_.end())
      stamped->second.acknowledged = true;
    acknowledged_.push_back(at);
  }
  // An empty batch that asks for it is a sync of what was logged before.
  if (sync.value_or(sync_on_ && batch.count() > 0)) durable_ = std::max(durable_, at);
  leave(writes);
  floor_ = std::max(floor_, at);
}

void Oracle::abandon_write(const WriteBatch& batch) {
  const SimulatorCode scope;
  const auto writes = in_flight_.find(batch.encoded());
  ++writes->second.of_failed;
  leave(writes);
}

void Oracle::leave(EqualWrites::iterator writes) {
  if (--writes->second.writers == 0) {
    in_flight_.erase(writes);
    return;
  }
  writes->second.of_failed = std::min(writes->second.of_failed, writes->second.stamps.size());
}

void Oracle::end_read(const Ticket& ticket, const ReadMoment& moment, std::optional<Timestamp> as_of) {
  const SimulatorCode scope;
  const Timestamp at = moment.at;
  check_expired(moment.expired_through, ticket.expired);
  expired_ = std::max(expired_, moment.expired_through);
  if (as_of) {
    if (at != *as_of)
      violate("read", fmt::format("a read as of stamp {} was answered as of {}", as_of->ticks, at.ticks));
    if (at < moment.expired_through) {
      violate("expired", fmt::format("a read as of stamp {} was answered, although everything up to {} has expired",
                                     at.ticks, moment.expired_through.ticks));
    }
    return;
  }
  if (at < ticket.floor) {
    violate("real-time",
            fmt::format("a read at stamp {}, although {} had returned before it began", at.ticks, ticket.floor.ticks));
  }
  floor_ = std::max(floor_, at);
  shown_ = std::max(shown_, at);
  if (sync_on_ && !unsynced_begun_) shown_durable_ = std::max(shown_durable_, at);
}

void Oracle::made_durable(const Ticket& ticket) {
  const SimulatorCode scope;
  durable_ = std::max(durable_, ticket.floor);
  attested_ = std::max(attested_, ticket.floor);
  attested_first_ = true;
}

void Oracle::saw_clock(std::uint64_t highest) {
  const SimulatorCode scope;
  wall_highest_ = std::max(wall_highest_, highest);
}

Oracle::Ticket Oracle::begin() const {
  const SimulatorCode scope;
  return {.floor = floor_, .snapshots = snapshots_taken_, .history = reported_floor_, .expired = expired_};
}

void Oracle::begin_write(const WriteBatch& batch, std::optional<bool> sync) {
  const SimulatorCode scope;
  unsynced_begun_ |= sync == false;
  InFlight& writes = in_flight_[std::string(batch.encoded())];
  ++writes.writers;
  if (batch.has_open_range()) writes.open = batch;
}

void Oracle::check_get(std::string_view key, const ReadMoment& moment, const std::optional<std::string>& found) {
  const SimulatorCode scope;
  const std::string* expected = model_.get(key, moment);
  const bool same = expected == nullptr ? !found : (found && *found == *expected);
  if (same) return;
  const bool both = expected != nullptr && found;
  violate("read", fmt::format("get '{}' at stamp {}: expected {}, found {}{}{}", printable(key), moment.at.ticks,
                              show(expected), show(found), both ? where_they_differ(*expected, *found) : "",
                              found ? model_.origin_of(key, *found) : ""));
}

void Oracle::check_scan(const Model::Range& range, const ReadMoment& moment, const Pairs& found) {
  const SimulatorCode scope;
  const Model::Pairs expected = model_.scan(range, moment);
  const char* direction = range.backward ? "backward" : "forward";
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    if (i < expected.size() && i < found.size() && expected[i].first == found[i].first &&
        expected[i].second == found[i].second)
      continue;
    auto pair = [](bool there, std::string_view key, std::string_view value) {
      return there ? fmt::format("'{}' = '{}'", printable(key), printable(value)) : std::string("the end");
    };
    const bool left = i < expected.size();
    const bool right = i < found.size();
    const bool same_key = left && right && expected[i].first == found[i].first;
    violate("scan", fmt::format("{} scan from '{}' at stamp {}, pair {}: expected {}, found {}{}{}", direction,
                                printable(range.low), moment.at.ticks, i,
                                pair(left, left ? expected[i].first : "", left ? expected[i].second : ""),
                                pair(right, right ? found[i].first : "", right ? found[i].second : ""),
                                same_key ? where_they_differ(expected[i].second, found[i].second) : "",
                                right ? model_.origin_of(found[i].first, found[i].second) : ""));
    return;
  }
}

Oracle::Pairs Oracle::newest_pairs() const {
  const SimulatorCode scope;
  const Model::Range all{.low = "", .high = std::nullopt, .limit = UINT64_MAX, .backward = false};
  const Model::Pairs pairs = model_.scan(all, {kTimestampMax, newest_expiry()});
  return {pairs.begin(), pairs.end()};
}

void Oracle::check_position(const Model::Range& range, const ReadMoment& moment, const CursorPosition& found) {
  const SimulatorCode scope;
  const Model::Pairs expected = model_.scan(range, moment);
  const CursorPosition right = expected.empty() ? CursorPosition() : CursorPosition(expected.front());
  if (right == found) return;
  auto text = [](const CursorPosition& place) {
    return place ? fmt::format("'{}' = '{}'", printable(place->first), printable(place->second))
                 : std::string("the end");
  };
  violate("walk", fmt::format("a step {} '{}' at stamp {}: expected {}, found {}", range.backward ? "before" : "to",
                              range.backward ? printable(range.high.value_or("the end")) : printable(range.low),
                              moment.at.ticks, text(right), text(found)));
}

Oracle::Counts Oracle::check_recovered(const StoredVersions& found, const Recovery& recovery) {
  const SimulatorCode scope;
  const bool power = recovery.ending == Ending::kPowerLoss;
  const bool void_bounds = power && liar_;
  RecoveryChecker::Bounds bounds{.floor = recovery.floor,
                                 .acknowledged = power ? durable_ : floor_,
                                 .shown = power ? shown_durable_ : shown_,
                                 .wall_highest = wall_highest_,
                                 .expired_through = recovery.expired_through,
                                 .rolled_back = void_bounds};
  if (void_bounds) {
    bounds.acknowledged = {};
    bounds.shown = {};
  }
  check_expired(recovery.expired_through, void_bounds ? Timestamp{} : recovery.expired_before);
  model_.unhide_all();
  if (recovery.stamps_return) check_cut(found, recovery.first_visible, bounds);
  RecoveryChecker checker(model_, stamped_writes_, doubtful_, bounds);
  violation_ = violation_ ? violation_ : checker.check(found);
  if (violation_) return {};
  if (power) doubtful_.clear();  // the image of this power loss is final: nothing older comes back
  const Counts counts = checker.settle();
  dropped_to_ = std::max(counts.dropped_to, void_bounds ? Timestamp{} : dropped_to_);
  settle(recovery, void_bounds, recovery.stamps_return ? recovery.first_visible : checker.cut());
  return counts;
}

// Adds to the bounds what follows from the store's own word that `cut` is the newest write that it holds.
void Oracle::check_cut(const StoredVersions& found, Timestamp cut, RecoveryChecker::Bounds& bounds) {
  for (const StoredEntry& each : found.entries) {
    if (each.at <= cut) continue;
    violate("invented", fmt::format("the store holds '{}' of stamp {}, although its newest stamp is {}",
                                    printable(each.key), each.at.ticks, cut.ticks));
  }
  bounds.wall_highest = kTimestampMax.ticks;
  if (bounds.rolled_back) return;  // a disk that lied may have lost any of them
  if (const Timestamp owed = std::max(bounds.acknowledged, bounds.shown); cut < owed) {
    violate("lost",
            fmt::format("the newest stamp is {}; what was written up to {} was to survive", cut.ticks, owed.ticks));
  }
  bounds.acknowledged = std::max(bounds.acknowledged, cut);
}

// The first recovery that returned decides: what it found is durable, what it did not find never comes back.
void Oracle::settle(const Recovery& recovery, bool void_bounds, Timestamp cut) {
  durable_ = cut;
  attested_ = cut;
  shown_durable_ = cut;
  shown_ = cut;
  if (recovery.first_visible < floor_ && !void_bounds && !recovery.stamps_return) {
    violate("stamp-order", fmt::format("reads now report stamp {}, although {} was reported before the crash",
                                       recovery.first_visible.ticks, floor_.ticks));
  }
  if (recovery.ending == Ending::kPowerLoss) liar_ = false;
  if (void_bounds || recovery.stamps_return) newest_stamped_ = std::min(newest_stamped_, recovery.first_visible);
  floor_ = recovery.first_visible;
  in_flight_.clear();
  std::erase_if(acknowledged_, [&](Timestamp at) { return at > floor_; });
  expired_ = std::max(void_bounds ? Timestamp{} : expired_, recovery.expired_through);
  // Incarnations whose recovery was not checked may have shown stamps, and dropped history, up to here.
  granted_ = std::max(granted_, past(std::exchange(least_retention_ticks_, history_retention_ticks_)));
  history_floor_ = {};
  reported_floor_ = {};
  check_floor(begin(), recovery.floor);
  history_floor_ = recovery.floor;
}

// A moment after the newest entry is accepted too: tombstones written in between may have been dropped.
void Oracle::check_checkpoint(const Ticket& ticket, const ReadMoment& newest, const Pairs& found) {
  const SimulatorCode scope;
  check_expired(newest.expired_through, ticket.expired);
  const Model::Range everything{.low = "", .high = std::nullopt, .limit = UINT64_MAX, .backward = false};
  const Timestamp first = std::max(ticket.floor, newest.at);
  auto shows = [&](Timestamp at) {
    return std::ranges::equal(model_.scan(everything, {at, newest.expired_through}), found,
                              [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
  };
  if (shows(first)) return;
  for (auto later = stamped_writes_.upper_bound(first); later != stamped_writes_.end(); ++later) {
    if (shows(later->first)) return;
  }
  violate("checkpoint", fmt::format("a checkpoint with {} pairs, the newest entry of stamp {}, asked for when {} had "
                                    "returned, is the store at no moment from then on",
                                    found.size(), newest.at.ticks, ticket.floor.ticks));
}

void Oracle::check_listing(std::vector<std::string> found, std::vector<std::string> expected) {
  const SimulatorCode scope;
  std::ranges::sort(found);
  std::ranges::sort(expected);
  if (found == expected) return;
  for (const std::string& name : found) {
    if (!std::ranges::binary_search(expected, name))
      violate("listing", fmt::format("'{}' is there, and nothing names it", name));
  }
  for (const std::string& name : expected) {
    if (!std::ranges::binary_search(found, name)) violate("listing", fmt::format("'{}' is missing", name));
  }
}

void Oracle::forget_everything() {
  const SimulatorCode scope;
  Oracle anew;
  anew.wall_highest_ = wall_highest_;
  anew.sync_on_ = sync_on_;
  anew.unsynced_begun_ = unsynced_begun_;
  *this = std::move(anew);
}

std::optional<Timestamp> Oracle::some_stamp(std::uint64_t which) const {
  const SimulatorCode scope;
  if (acknowledged_.empty()) return std::nullopt;
  return acknowledged_[which % acknowledged_.size()];
}

}  // namespace mylonite::sim
