// A memtable becomes the newest run of level 0, without the versions that nobody can ask for any more.
#pragma once

#include "core/compaction/drop_rule.h"
#include "core/memtable/memtable.h"
#include "core/sst/run_writer.h"
#include "core/version/version.h"

namespace mylonite {

struct Flushed {
  VersionEdit edit;           // adds the tables, if any are left; raises the floor if anything was dropped
  std::uint64_t dropped = 0;  // entries and range deletes
};

// Writes the tables; the caller commits the edit. Requires a memtable that is not empty.
Result<Flushed> flush_memtable(const RunTarget& target, const Memtable& memtable, const DropRule& rule);

}  // namespace mylonite
