// The snapshots that readers hold, and the floor up to which versions may be dropped.
//
// Any flush or merge may drop versions superseded at or below the *floor*, so reads below it are refused. The floor
// only rises. It stays at or below every live snapshot and the newest visible stamp, and keeps the history that the
// options retain. Pure bookkeeping: no clock, no lock. Thread-safety: the owner serializes. Complexity: O(log
// snapshots).
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>

#include <mylonite/timestamp.h>

namespace mylonite {

class Snapshots {
 public:
  void take(Timestamp at) { held_.insert(at); }
  void release(Timestamp at) { held_.erase(held_.find(at)); }
  std::size_t count() const { return held_.size(); }

  Timestamp floor() const { return floor_; }
  void start_at(Timestamp floor) { floor_ = floor; }  // the manifest's floor

  // The highest floor allowed now. The last `retention_seconds` of history are kept for reads in the past.
  Timestamp possible_floor(Timestamp visible, std::uint64_t wall_ticks, std::uint64_t retention_seconds) const {
    Timestamp most = visible;
    if (retention_seconds > 0) {
      const std::uint64_t kept = retention_seconds * kTicksPerSecond;
      most = std::min(most, Timestamp{wall_ticks > kept ? wall_ticks - kept : 0});
    }
    if (!held_.empty()) most = std::min(most, *held_.begin());
    return std::max(most, floor_);
  }
  void raise(Timestamp floor) { floor_ = std::max(floor_, floor); }

 private:
  std::multiset<Timestamp> held_;
  Timestamp floor_;
};

}  // namespace mylonite
