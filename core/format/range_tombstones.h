// Range deletes. One removes every version of every key in [low, high) that is older than its stamp.
//
// RangeTombstones holds them as fragments: disjoint ranges in key order, each with the stamps that cover it, newest
// first. So the tombstone that covers a key at a stamp takes two binary searches, and any part of the key space can be
// cut out. A range delete does not cover a point entry of its own stamp.
// Invariants: low < high in every fragment; fragments ascend and do not overlap; stamps strictly descend; neighbours
// that touch differ in their stamps. Thread-safety: immutable value. Complexity: building O(n log n + pieces), where n
// overlapping ranges give up to 2n-1 pieces; newest_covering O(log fragments + log stamps).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/timestamp.h>

namespace mylonite {

struct RangeTombstone {
  std::string low;   // included
  std::string high;  // not included; above low
  Timestamp at;
  auto operator<=>(const RangeTombstone&) const = default;
};

class RangeTombstones {
 public:
  struct Fragment {
    std::string low;
    std::string high;
    std::vector<Timestamp> stamps;  // newest first
    bool operator==(const Fragment&) const = default;
  };

  RangeTombstones() = default;
  explicit RangeTombstones(std::span<const RangeTombstone> any);  // in any order; empty ranges are ignored
  // From fragments that were read; empty when they break the invariants above.
  static std::optional<RangeTombstones> of_fragments(std::vector<Fragment> fragments);

  bool empty() const { return fragments_.empty(); }
  std::span<const Fragment> fragments() const { return fragments_; }
  // The newest stamp ≤ `at` of a tombstone that covers the key; kTimestampMin when there is none.
  Timestamp newest_covering(std::string_view key, Timestamp at) const;
  // The parts in [low, high); empty high: no upper bound.
  RangeTombstones clipped(std::string_view low, std::optional<std::string_view> high) const;
  // One tombstone for each fragment and stamp, in order.
  std::vector<RangeTombstone> list() const;

  bool operator==(const RangeTombstones&) const = default;

 private:
  std::vector<Fragment> fragments_;
};

}  // namespace mylonite
