// Range deletes of several sources, as a read looks at them: without putting them together.
//
// Parts are shared, and each is as RangeTombstones are. Looking one key up asks every part.
// RangeStack adds range deletes one by one and keeps the number of parts logarithmic: like sizes are put together, as
// the digits of a binary counter. So a range delete takes part in O(log n) rebuilds, and only when somebody looks.
// Thread-safety: values; a RangeStack is serialized by its owner.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/format/range_tombstones.h"

namespace mylonite {

class RangeCover {
 public:
  RangeCover() = default;
  explicit RangeCover(RangeTombstones whole);

  void add(std::shared_ptr<const RangeTombstones> part);  // null or empty: no effect
  void add(const RangeCover& other);
  bool empty() const { return parts_.empty(); }
  std::size_t parts() const { return parts_.size(); }
  // As of RangeTombstones, over all parts. Complexity: the sum of theirs.
  Timestamp newest_covering(std::string_view key, Timestamp at) const;
  RangeTombstones whole() const;  // all parts put together

 private:
  friend class RangeStack;
  std::vector<std::shared_ptr<const RangeTombstones>> parts_;
};

class RangeStack {
 public:
  void add(RangeTombstone one) { waiting_.push_back(std::move(one)); }
  // All that was added. Amortized O(log n) for each range delete since the last call.
  const RangeCover& cover();

 private:
  struct Part {
    std::size_t ranges;  // that were added, not fragments
    std::shared_ptr<const RangeTombstones> fragments;
  };
  std::vector<RangeTombstone> waiting_;  // no part has them yet
  std::vector<Part> stack_;              // the largest first
  RangeCover cover_;
};

}  // namespace mylonite
