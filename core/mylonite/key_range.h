// The interval of user keys that a table may hold, and sets of such intervals.
//
// A table that ends with the border of a range delete (kBorderTrailer) excludes its last user key; every other one
// includes it. Thread-safety: pure functions; KeyRanges is an immutable value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mylonite/table_info.h>

namespace mylonite {

// Borrows its keys.
struct KeyRange {
  std::string_view low;  // included
  std::string_view high;
  bool high_included = true;
};

KeyRange key_range(const TableInfo& table);
bool ends_before(const KeyRange& a, const KeyRange& b);  // every key of a is smaller than every key of b
bool overlap(const KeyRange& a, const KeyRange& b);
KeyRange hull(const KeyRange& a, const KeyRange& b);  // the least range that holds both

// The union of any ranges; owns its keys. Complexity: building O(n log n), lookups O(log n).
class KeyRanges {
 public:
  KeyRanges() = default;
  explicit KeyRanges(std::vector<KeyRange> any);

  bool empty() const { return ranges_.empty(); }
  bool holds(std::string_view key) const { return overlaps({.low = key, .high = key, .high_included = true}); }
  bool overlaps(const KeyRange& range) const;

 private:
  struct Owned {
    std::string low;
    std::string high;
    bool high_included = true;
    KeyRange view() const { return {.low = low, .high = high, .high_included = high_included}; }
  };
  std::vector<Owned> ranges_;  // ascending, disjoint
};

}  // namespace mylonite
