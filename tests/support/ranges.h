// Random range deletes for model tests, over the keys of tests/support/entries.h.
#pragma once

#include <utility>
#include <vector>

#include "core/format/range_tombstones.h"
#include "tests/support/entries.h"

namespace mylonite::testing {

inline std::vector<RangeTombstone> random_ranges(Random& random, std::size_t count, std::uint64_t stamps) {
  std::vector<RangeTombstone> ranges;
  for (std::size_t i = 0; i < count; ++i) {
    std::string low = random_user_key(random);
    std::string high = random_user_key(random);
    if (high < low) std::swap(low, high);
    const Timestamp at{random.between(1, stamps)};
    ranges.push_back({.low = std::move(low), .high = std::move(high), .at = at});
  }
  return ranges;
}

}  // namespace mylonite::testing
