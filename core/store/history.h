// The moments of a store that can be read: all from the floor to the newest visible stamp, and the held snapshots.
// Below the floor other history may be gone.
//
// Invariants: floor ≤ visible ≤ last stamp < ceiling; every held snapshot ≤ visible. None of them falls, except
// snapshots. A new snapshot is of the visible stamp, so from the moment that the floor rises none is added below it.
// A stamp is issued before its write is logged, and becomes visible when the memtable holds the whole write.
// It issues no stamps by itself (the leader of the write queue does), and drops nothing (flushes and merges do, up to
// the floor). Thread-safety: the owner serializes. Complexity: O(log snapshots).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <mylonite/options.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>

#include "core/store/snapshots.h"
#include "core/store/stamps.h"

namespace mylonite {

class History {
 public:
  // As recovery left it: all issued stamps are visible, and versions below `floor` may be gone.
  History(const StampSource& stamps, Timestamp floor, std::uint64_t retention_seconds);

  const StampSource& stamps() const { return stamps_; }
  void issued(Timestamp last) { stamps_.issued(last); }                      // requires last < the ceiling
  void raise_ceiling(Timestamp ceiling) { stamps_.raise_ceiling(ceiling); }  // once it is durable
  Timestamp visible() const { return visible_; }
  void show(Timestamp newest) { visible_ = newest; }

  Timestamp now() const;  // by the wall clock; while that is unusable, the newest visible stamp

  // The stamp that a read as of `as_of` (empty: now) sees. kOutOfRange: in the future, or below the floor and not the
  // moment of a held snapshot.
  Result<Timestamp> moment(std::optional<Timestamp> as_of) const {
    const Timestamp at = as_of.value_or(visible_);
    if (at > visible_ || at < floor()) return held_moment(at);
    return at;
  }

  // Keeps the state visible at a stamp readable until its release. Requires at ≥ floor().
  void hold(Timestamp at) { snapshots_.take(at); }
  void release(Timestamp at) { snapshots_.release(at); }
  std::size_t held() const { return snapshots_.count(); }

  // What was written up to a stamp may expire while no snapshot is held, so that a snapshot stays as it is. From
  // begin_expiry() to its end the owner takes no snapshot.
  Timestamp expire_max() const;
  bool begin_expiry(Timestamp through);  // false: not now
  bool expiring() const { return expiring_; }
  void forget_before(Timestamp floor);  // reads below it are refused; before any read can see that data expired
  void end_expiry() { expiring_ = false; }

  Timestamp floor() const { return snapshots_.floor(); }
  // Raises the floor as far as allowed, and returns it. From then on, versions superseded at or below it may be
  // dropped, but for those that snapshots_below_floor() show, asked under the same lock. The edit that drops them
  // records the floor in the manifest.
  Timestamp raise_floor();
  std::vector<Timestamp> snapshots_below_floor() const { return snapshots_.below(floor()); }  // ascending, each once
  Timestamp oldest_read() const;  // nobody reads below it, once the floor has risen; reads the clock

 private:
  Result<Timestamp> held_moment(Timestamp at) const;  // of a stamp that is not between floor and visible
  Timestamp possible_floor() const;

  StampSource stamps_;
  Timestamp visible_;
  Snapshots snapshots_;
  bool expiring_ = false;
  const std::uint64_t retention_seconds_;
};

// The newest stamp at which tombstones have outlived their retention, by the wall clock.
Timestamp tombstones_until(const Options& options);

}  // namespace mylonite
