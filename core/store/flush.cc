#include "core/store/flush.h"

#include <utility>

namespace mylonite {

Result<Flushed> flush_memtable(const RunTarget& target, const Memtable& memtable, const DropRule& rule) {
  Flushed flushed;
  const auto held = memtable.range_tombstones();
  const RangeTombstones ranges = held == nullptr ? RangeTombstones() : *held;
  DropFilter filter(rule, ranges);
  RunWriter writer(target, surviving(rule, ranges, flushed.dropped));
  const auto entries = memtable.iterator();
  for (entries->seek_to_first(); entries->valid(); entries->next()) {
    if (!filter.keeps(entries->key())) continue;
    if (Status done = writer.add(entries->key(), entries->value()); !done.ok()) return done.error();
  }
  const auto tables = writer.finish();
  if (!tables.ok()) return tables.error();
  flushed.dropped += filter.dropped();
  if (!tables->empty()) flushed.edit = add_run(0, RunId{tables->front().number.value}, *tables);
  if (flushed.dropped > 0) flushed.edit.history_floor = rule.floor;
  return flushed;
}

}  // namespace mylonite
