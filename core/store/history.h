// Which moments of a store can be read: the stamps issued so far, the newest one that reads see, the snapshots held, and
// the floor below which history may be gone.
//
// Invariants: floor ≤ every held snapshot ≤ visible ≤ last stamp < ceiling. None of them falls, but for the snapshots.
// A stamp is issued before its write is logged, and becomes visible when the write is whole in the memtable.
// Does not stamp by itself (the leader of the write queue does), nor drop anything (flushes and merges do, up to the
// floor). Thread-safety: the owner serializes. Complexity: O(log snapshots).
#pragma once

#include <cstdint>
#include <optional>

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

  // The stamp that a read as of `as_of` (empty: now) sees. kOutOfRange: in the future, or below the floor.
  Result<Timestamp> moment(std::optional<Timestamp> as_of) const {
    const Timestamp at = as_of.value_or(visible_);
    if (at > visible_ || at < floor()) return out_of_range(at);
    return at;
  }

  // What was visible at a stamp that is not below the floor stays readable until it is released.
  void hold(Timestamp at) { snapshots_.take(at); }
  void release(Timestamp at) { snapshots_.release(at); }
  std::size_t held() const { return snapshots_.count(); }

  Timestamp floor() const { return snapshots_.floor(); }
  Timestamp possible_floor() const;  // how far raise_floor() would raise it; looks at the clock
  // Raises the floor as far as it may go, and returns it: what was superseded at or below it may be dropped from here
  // on. The edit that drops it carries the floor to the manifest.
  Timestamp raise_floor();

 private:
  Error out_of_range(Timestamp at) const;

  StampSource stamps_;
  Timestamp visible_;
  Snapshots snapshots_;
  const std::uint64_t retention_seconds_;
};

// Tombstones at or below it have outlived their retention by the wall clock.
Timestamp tombstones_until(const Options& options);

}  // namespace mylonite
