// The order of tables whose places in the tree are unknown, by their keys and stamps. For repair.
//
// Reads need: for one key every source is older than those before it. Tables that share no key need no order. Where all
// stamps of one table are above those of the next, the stamps show the order. All others are merged into one run, which
// is always right, because each entry carries its stamp.
// Thread-safety: pure functions but for files. Complexity: an order O(n log n), a merge linear in the tables.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/sst/run_iterator.h"
#include "core/sst/run_writer.h"

namespace mylonite {

struct TableOrder {
  // Places in the given list. Layers: oldest first; tables of one layer share no key.
  std::vector<std::vector<std::size_t>> layers;
  std::vector<std::vector<std::size_t>> merges;  // each shares no key with any other table
};
TableOrder order_tables(std::span<const TableInfo> tables);

// Writes every version and every range delete of the tables as one run. They may hold the same entries: a merge's
// output beside its inputs.
Result<std::vector<TableInfo>> merge_all_versions(RunTarget target, const TableList& tables);

}  // namespace mylonite
