#include "core/store/repair_order.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include <mylonite/key_range.h>

#include "core/iter/merging_iterator.h"

namespace mylonite {
namespace {

// Groups of tables that overlap, directly or by way of others.
std::vector<std::vector<std::size_t>> groups_of(std::span<const TableInfo> tables) {
  std::vector<std::size_t> by_key(tables.size());
  std::iota(by_key.begin(), by_key.end(), 0);
  std::ranges::sort(by_key, {}, [&](std::size_t i) { return key_range(tables[i]).low; });
  std::vector<std::vector<std::size_t>> groups;
  KeyRange covered;
  for (const std::size_t i : by_key) {
    const KeyRange range = key_range(tables[i]);
    if (groups.empty() || ends_before(covered, range)) {
      groups.emplace_back();
      covered = range;
    }
    covered = hull(covered, range);
    groups.back().push_back(i);
  }
  return groups;
}

}  // namespace

TableOrder order_tables(std::span<const TableInfo> tables) {
  TableOrder order;
  for (std::vector<std::size_t>& group : groups_of(tables)) {
    std::ranges::sort(group, {}, [&](std::size_t i) { return tables[i].newest; });
    const bool shown = std::ranges::adjacent_find(group, [&](std::size_t older, std::size_t newer) {
                         return tables[older].newest >= tables[newer].oldest;
                       }) == group.end();
    if (!shown) {
      order.merges.push_back(std::move(group));
      continue;
    }
    for (std::size_t layer = 0; layer < group.size(); ++layer) {
      if (order.layers.size() <= layer) order.layers.emplace_back();
      order.layers[layer].push_back(group[layer]);
    }
  }
  return order;
}

Result<std::vector<TableInfo>> merge_all_versions(RunTarget target, const TableList& tables) {
  std::vector<std::unique_ptr<InternalIterator>> cursors;
  std::vector<RangeTombstone> deletes;
  for (const auto& table : tables) {
    const auto held = table->range_tombstones();
    if (!held.ok()) return held.error();
    std::ranges::move((*held)->list(), std::back_inserter(deletes));
    cursors.push_back(table->iterator(CacheUse::kBypass));
  }
  MergingIterator merged(std::move(cursors));
  RunWriter writer(std::move(target), RangeTombstones(deletes));
  std::string last;
  for (merged.seek_to_first(); merged.valid(); merged.next()) {
    if (merged.key() == last) continue;
    last = merged.key();
    if (Status done = writer.add(merged.key(), merged.value()); !done.ok()) return done.error();
  }
  if (Status sound = merged.status(); !sound.ok()) return sound.error();
  return writer.finish();
}

}  // namespace mylonite
