#include "core/store/read_state.h"

#include <algorithm>
#include <utility>

namespace mylonite {

Result<std::shared_ptr<const RangeTombstones>> RangesOfTables::of(const TableRuns& runs) const {
  if (std::ranges::none_of(runs, &TableRun::range_deletes)) return nullptr;
  {
    const rt::Lock lock(mutex_);
    if (whole_ != nullptr) return whole_;
  }
  std::vector<RangeTombstone> all;
  for (const TableRun& run : runs) {
    if (!run.range_deletes) continue;
    for (const auto& table : *run.tables) {
      const auto ranges = table->range_tombstones();
      if (!ranges.ok()) return ranges.error();
      for (RangeTombstone& each : (*ranges)->list()) all.push_back(std::move(each));
    }
  }
  auto whole = std::make_shared<const RangeTombstones>(all);
  const rt::Lock lock(mutex_);
  if (whole_ == nullptr) whole_ = std::move(whole);
  return whole_;
}

}  // namespace mylonite
