// Everything a read needs, as one immutable value that is replaced whole: memtables and tables, newest first.
//
// A reader that holds it keeps its memtables and tables alive, and their files on the disk, whatever is flushed or
// merged meanwhile.
// For one key, every source holds only versions older than those of the sources before it; range deletes count as
// versions of every key they cover.
#pragma once

#include <memory>
#include <vector>

#include "core/memtable/memtable.h"
#include "core/sst/run_iterator.h"

namespace mylonite {

struct TableRun {
  std::shared_ptr<const TableList> tables;  // disjoint, in key order
  bool range_deletes = false;               // some table holds any
};
using TableRuns = std::vector<TableRun>;  // level by level, newest first

// The range deletes of the tables of one state, put together at the first call that succeeds.
// Thread-safety: any thread.
class RangesOfTables {
 public:
  // Null: there is none. The errors are those of the tables.
  Result<std::shared_ptr<const RangeTombstones>> of(const TableRuns& runs) const;

 private:
  mutable rt::Mutex mutex_;
  mutable std::shared_ptr<const RangeTombstones> whole_ GUARDED_BY(mutex_);
};

struct ReadState {
  std::vector<std::shared_ptr<const Memtable>> memtables;  // the active one first
  std::shared_ptr<const TableRuns> runs;
  Timestamp expired_through;  // of the tables' version: no read sees what was written up to here
  RangesOfTables range_deletes;
};

}  // namespace mylonite
