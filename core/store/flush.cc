#include "core/store/flush.h"

namespace mylonite {

Result<VersionEdit> flush_memtable(const RunTarget& target, const Memtable& memtable) {
  const auto entries = memtable.iterator();
  const auto ranges = memtable.range_tombstones();
  const auto tables = write_run(target, *entries, ranges == nullptr ? RangeTombstones() : *ranges);
  if (!tables.ok()) return tables.error();
  return add_run(0, RunId{tables->front().number.value}, *tables);
}

}  // namespace mylonite
