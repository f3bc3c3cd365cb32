// The part of the oracle about the past: snapshots, the floor of history, and what has expired.
#include <algorithm>

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"
#include "sim/oracle/oracle.h"

namespace mylonite::sim {

std::uint64_t Oracle::end_snapshot(const Ticket& ticket, Timestamp at) {
  const SimulatorCode scope;
  end_read(ticket, {at, expired_}, std::nullopt);
  if (expiring_) violate("expired", fmt::format("the snapshot of {} was taken while data expired", at.ticks));
  snapshots_.emplace(snapshots_taken_, at);
  return snapshots_taken_++;
}

void Oracle::release_snapshot(std::uint64_t name) {
  const SimulatorCode scope;
  snapshots_.erase(name);
}

Timestamp Oracle::past(std::uint64_t ticks) const {
  // Stamps may be ahead of the clock, and measure time as well as it does.
  const std::uint64_t now = std::max(wall_highest_, newest().ticks);
  return Timestamp{now - std::min(now, ticks)};
}

Timestamp Oracle::highest_floor() const {
  const Timestamp highest = std::min(newest(), std::max(granted_, past(history_retention_ticks_)));
  return std::max({highest, history_floor_, newest_expiry()});
}

bool Oracle::held(const Ticket& ticket, Timestamp at) const {
  return std::ranges::any_of(snapshots_,
                             [&](const auto& each) { return each.first < ticket.snapshots && each.second == at; });
}

void Oracle::check_refused(const Ticket& ticket, Timestamp asked) {
  const SimulatorCode scope;
  const Timestamp highest = highest_floor();
  const bool of_snapshot = held(ticket, asked);
  if (asked < highest && !of_snapshot) return;
  violate("floor", fmt::format("a read as of stamp {} was refused; {}", asked.ticks,
                               of_snapshot ? "a live snapshot holds it"
                                           : fmt::format("history is owed from {} on, or earlier", highest.ticks)));
}

void Oracle::check_floor(const Ticket& ticket, Timestamp floor) {
  const SimulatorCode scope;
  const Timestamp highest = highest_floor();
  if (floor > highest) {
    violate("floor", fmt::format("the floor of history is {}; expected {} at most", floor.ticks, highest.ticks));
  }
  if (const Timestamp lowest = std::max(ticket.history, dropped_to_); floor < lowest) {
    violate("floor", fmt::format("the floor of history is {}; it was {} before, and {} is what was dropped",
                                 floor.ticks, ticket.history.ticks, dropped_to_.ticks));
  }
  reported_floor_ = std::max(reported_floor_, floor);
}

Timestamp Oracle::newest_expiry() const {
  return expiries_.empty() ? expired_ : std::max(expired_, *expiries_.rbegin());
}

std::optional<Timestamp> Oracle::stamp_near_expiry(std::uint64_t which) const {
  const SimulatorCode scope;
  constexpr std::uint64_t kBefore = 6;  // most stamps above are of data that lives, which other reads look at
  constexpr std::uint64_t kAfter = 2;
  // Stamps are acknowledged nearly in their order.
  const auto expired = std::find_if(acknowledged_.rbegin(), acknowledged_.rend(),
                                    [&](Timestamp each) { return each <= newest_expiry(); });
  if (expired == acknowledged_.rend()) return some_stamp(which);
  const auto count = static_cast<std::uint64_t>(std::distance(expired, acknowledged_.rend()));  // of those up to it
  const std::uint64_t place = count + kAfter - 1 - std::min(count + kAfter - 1, which % (kBefore + kAfter));
  return acknowledged_[std::min<std::uint64_t>(place, acknowledged_.size() - 1)];
}

void Oracle::begin_expiry(Timestamp through) {
  const SimulatorCode scope;
  if (!snapshots_.empty()) {
    violate("expired", fmt::format("what was written up to {} expires, although the snapshot of {} lives",
                                   through.ticks, snapshots_.begin()->second.ticks));
  }
  if (through > newest()) {
    violate("expired",
            fmt::format("what was written up to {} expires; the newest stamp is {}", through.ticks, newest().ticks));
  }
  expiries_.insert(through);
  expiring_ = true;
}

void Oracle::end_expiry(std::optional<Timestamp> through) {
  const SimulatorCode scope;
  expiring_ = false;
  expired_ = std::max(expired_, through.value_or(expired_));
}

void Oracle::check_expired(Timestamp shown, Timestamp least) {
  if (shown < least) {
    violate("expired", fmt::format("the store shows what was written after {}; all up to {} had expired before",
                                   shown.ticks, least.ticks));
  }
  if (shown > expired_ && !expiries_.contains(shown)) {
    violate("expired",
            fmt::format("what was written up to {} is gone, although no expiry of it was announced", shown.ticks));
  }
}

}  // namespace mylonite::sim
