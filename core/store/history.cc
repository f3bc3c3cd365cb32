#include "core/store/history.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/rt/rt.h"

namespace mylonite {

History::History(const StampSource& stamps, Timestamp floor, std::uint64_t retention_seconds)
    : stamps_(stamps), visible_(stamps.last()), retention_seconds_(retention_seconds) {
  snapshots_.start_at(floor);
}

Result<Timestamp> History::held_moment(Timestamp at) const {
  if (snapshots_.holds(at)) {
    rt::mark("read.snapshot_below_floor");
    return at;
  }
  if (at > visible_) {
    return Error(Code::kOutOfRange,
                 fmt::format("as_of {} is in the future: the newest visible stamp is {}", at.ticks, visible_.ticks));
  }
  rt::mark("read.below_floor");
  return Error(Code::kOutOfRange, fmt::format("as_of {} is no longer kept: history begins at {}; hold a snapshot, or "
                                              "raise history_retention_seconds",
                                              at.ticks, floor().ticks));
}

Timestamp History::now() const {
  const std::uint64_t clock = rt::wall_ticks();
  return StampSource::clock_is_usable(clock) ? Timestamp{clock} : visible_;
}

Timestamp History::possible_floor() const {
  // An unusable clock does not show the age of history, so it drops none.
  const std::uint64_t clock = rt::wall_ticks();
  const std::uint64_t ticks = StampSource::clock_is_usable(clock) ? clock : 0;
  return snapshots_.possible_floor(visible_, ticks, retention_seconds_);
}

Timestamp History::raise_floor() {
  snapshots_.raise(possible_floor());
  return floor();
}

Timestamp History::oldest_read() const { return std::min(possible_floor(), snapshots_.oldest()); }

Timestamp History::expire_max() const { return held() > 0 || expiring_ ? kTimestampMin : visible_; }

bool History::begin_expiry(Timestamp through) {
  if (through > expire_max()) return false;
  expiring_ = true;
  return true;
}

void History::forget_before(Timestamp floor) { snapshots_.raise(floor); }

Timestamp tombstones_until(const Options& options) {
  const std::uint64_t now = std::min(rt::wall_ticks(), kTimestampMax.ticks);
  const std::uint64_t retention = options.tombstone_retention_seconds * kTicksPerSecond;
  return Timestamp{now - std::min(now, retention)};
}

}  // namespace mylonite
