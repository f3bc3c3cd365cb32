#include "core/format/range_tombstones.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace mylonite {
namespace {

// Where a tombstone begins or ends.
struct Border {
  std::string_view key;
  Timestamp at;
  bool begins;
};

}  // namespace

// A sweep over the borders in key order, with a set of the stamps that cover the current place.
RangeTombstones::RangeTombstones(std::span<const RangeTombstone> any) {
  std::vector<Border> borders;
  borders.reserve(2 * any.size());
  for (const RangeTombstone& each : any) {
    if (each.low >= each.high) continue;
    borders.push_back({.key = each.low, .at = each.at, .begins = true});
    borders.push_back({.key = each.high, .at = each.at, .begins = false});
  }
  std::ranges::sort(borders, {}, &Border::key);
  std::multiset<Timestamp, std::greater<>> covering;
  for (std::size_t i = 0; i < borders.size();) {
    const std::string_view key = borders[i].key;
    for (; i < borders.size() && borders[i].key == key; ++i) {
      if (borders[i].begins) {
        covering.insert(borders[i].at);
      } else {
        covering.erase(covering.find(borders[i].at));
      }
    }
    if (covering.empty()) continue;
    std::vector<Timestamp> stamps(covering.begin(), covering.end());
    stamps.erase(std::unique(stamps.begin(), stamps.end()), stamps.end());
    if (!fragments_.empty() && fragments_.back().high == key && fragments_.back().stamps == stamps) {
      fragments_.back().high = borders[i].key;
    } else {
      fragments_.push_back({.low = std::string(key), .high = std::string(borders[i].key), .stamps = std::move(stamps)});
    }
  }
}

std::optional<RangeTombstones> RangeTombstones::of_fragments(std::vector<Fragment> fragments) {
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    const Fragment& each = fragments[i];
    const bool descends = std::ranges::adjacent_find(each.stamps, std::less_equal<>()) == each.stamps.end();
    if (each.low >= each.high || each.stamps.empty() || !descends) return std::nullopt;
    if (i == 0) continue;
    const Fragment& before = fragments[i - 1];
    if (each.low < before.high || (each.low == before.high && each.stamps == before.stamps)) return std::nullopt;
  }
  RangeTombstones result;
  result.fragments_ = std::move(fragments);
  return result;
}

Timestamp RangeTombstones::newest_covering(std::string_view key, Timestamp at) const {
  const auto after = std::ranges::upper_bound(fragments_, key, {}, &Fragment::low);
  if (after == fragments_.begin()) return kTimestampMin;
  const Fragment& fragment = *(after - 1);
  if (key >= fragment.high) return kTimestampMin;
  const auto newest = std::ranges::lower_bound(fragment.stamps, at, std::greater<>());
  return newest == fragment.stamps.end() ? kTimestampMin : *newest;
}

RangeTombstones RangeTombstones::clipped(std::string_view low, std::optional<std::string_view> high) const {
  RangeTombstones part;
  for (const Fragment& each : fragments_) {
    const std::string_view from = std::max(std::string_view(each.low), low);
    const std::string_view to = high ? std::min(std::string_view(each.high), *high) : std::string_view(each.high);
    if (from < to)
      part.fragments_.push_back({.low = std::string(from), .high = std::string(to), .stamps = each.stamps});
  }
  return part;
}

std::vector<RangeTombstone> RangeTombstones::list() const {
  std::vector<RangeTombstone> all;
  for (const Fragment& each : fragments_) {
    for (Timestamp at : each.stamps) all.push_back({.low = each.low, .high = each.high, .at = at});
  }
  return all;
}

}  // namespace mylonite
