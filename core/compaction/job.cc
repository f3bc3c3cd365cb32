#include "core/compaction/job.h"

#include <utility>

#include "core/iter/merging_iterator.h"

namespace mylonite {

Result<VersionEdit> run_job(const RunTarget& target, const CompactionJob& job,
                            const std::vector<std::shared_ptr<const TableReader>>& inputs) {
  std::vector<std::unique_ptr<InternalIterator>> sources;
  sources.reserve(inputs.size());
  for (const auto& table : inputs) sources.push_back(table->iterator(CacheUse::kBypass));
  std::vector<RangeTombstone> ranges;
  for (const auto& table : inputs) {
    const auto held = table->range_tombstones();
    if (!held.ok()) return held.error();
    for (RangeTombstone& each : (*held)->list()) ranges.push_back(std::move(each));
  }
  MergingIterator merged(std::move(sources));
  const auto tables = write_run(target, merged, RangeTombstones(ranges));
  if (!tables.ok()) return tables.error();
  VersionEdit edit = add_run(job.to_level, job.inputs.front(), *tables);
  for (const auto& table : inputs) edit.removed.push_back(table->info().number);
  return edit;
}

}  // namespace mylonite
