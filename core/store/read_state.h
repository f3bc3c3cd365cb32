// Everything a read needs, as one immutable value that is replaced whole: memtables and tables, newest first.
//
// A reader that holds it keeps its memtables and open tables alive, whatever is flushed or removed meanwhile.
// For one key, every source holds only versions older than those of the sources before it.
#pragma once

#include <memory>
#include <vector>

#include "core/memtable/memtable.h"
#include "core/sst/table_reader.h"

namespace mylonite {

struct TableRun {
  std::vector<std::shared_ptr<const TableReader>> tables;  // disjoint, in key order
};

struct ReadState {
  std::vector<std::shared_ptr<const Memtable>> memtables;  // the active one first
  std::vector<TableRun> runs;
};

}  // namespace mylonite
