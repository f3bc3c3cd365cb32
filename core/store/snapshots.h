// The snapshots that readers hold, and the floor up to which versions may be dropped.
//
// Any flush or merge may drop versions superseded at or below the *floor*, but for those that a live snapshot shows. So
// reads below it are refused, unless a snapshot holds their moment. The floor only rises. It stays at or below the
// newest visible stamp, and keeps the history that the options retain. Pure bookkeeping: no clock, no lock.
// Thread-safety: the owner serializes. Complexity: O(log snapshots), unless stated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <vector>

#include <mylonite/timestamp.h>

namespace mylonite {

class Snapshots {
 public:
  void take(Timestamp at) { held_.insert(at); }
  void release(Timestamp at) { held_.erase(held_.find(at)); }
  std::size_t count() const { return held_.size(); }
  bool holds(Timestamp at) const { return held_.contains(at); }
  Timestamp oldest() const { return held_.empty() ? kTimestampMax : *held_.begin(); }
  // Those below a stamp, ascending, each once. O(snapshots).
  std::vector<Timestamp> below(Timestamp stamp) const {
    std::vector<Timestamp> distinct;
    std::unique_copy(held_.begin(), held_.lower_bound(stamp), std::back_inserter(distinct));
    return distinct;
  }

  Timestamp floor() const { return floor_; }
  void start_at(Timestamp floor) { floor_ = floor; }  // the manifest's floor

  // The highest floor allowed now. The last `retention_seconds` of history are kept for reads in the past.
  Timestamp possible_floor(Timestamp visible, std::uint64_t wall_ticks, std::uint64_t retention_seconds) const {
    Timestamp most = visible;
    if (retention_seconds > 0) {
      const std::uint64_t kept = retention_seconds * kTicksPerSecond;
      most = std::min(most, Timestamp{wall_ticks > kept ? wall_ticks - kept : 0});
    }
    return std::max(most, floor_);
  }
  void raise(Timestamp floor) { floor_ = std::max(floor_, floor); }

 private:
  std::multiset<Timestamp> held_;
  Timestamp floor_;
};

}  // namespace mylonite
