#include <mylonite/key_range.h>

#include <algorithm>

#include "core/format/internal_key.h"

namespace mylonite {

KeyRange key_range(const TableInfo& table) {
  return {.low = user_key_of(table.smallest),
          .high = user_key_of(table.largest),
          .high_included = trailer_of(table.largest) != kBorderTrailer};
}

bool ends_before(const KeyRange& a, const KeyRange& b) {
  return a.high < b.low || (a.high == b.low && !a.high_included);
}

bool overlap(const KeyRange& a, const KeyRange& b) { return !ends_before(a, b) && !ends_before(b, a); }

KeyRange hull(const KeyRange& a, const KeyRange& b) {
  KeyRange both{.low = std::min(a.low, b.low), .high = std::max(a.high, b.high)};
  both.high_included = (a.high == both.high && a.high_included) || (b.high == both.high && b.high_included);
  return both;
}

KeyRanges::KeyRanges(std::vector<KeyRange> any) {
  std::ranges::sort(any, {}, &KeyRange::low);
  for (const KeyRange& each : any) {
    if (ranges_.empty() || ends_before(ranges_.back().view(), each)) {
      ranges_.push_back(
          {.low = std::string(each.low), .high = std::string(each.high), .high_included = each.high_included});
      continue;
    }
    const KeyRange both = hull(ranges_.back().view(), each);
    Owned merged{.low = std::string(both.low), .high = std::string(both.high), .high_included = both.high_included};
    ranges_.back() = std::move(merged);
  }
}

bool KeyRanges::overlaps(const KeyRange& range) const {
  const auto first =
      std::ranges::partition_point(ranges_, [&](const Owned& each) { return ends_before(each.view(), range); });
  return first != ranges_.end() && !ends_before(range, first->view());
}

}  // namespace mylonite
