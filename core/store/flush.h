// A memtable becomes the newest run of level 0.
#pragma once

#include "core/memtable/memtable.h"
#include "core/sst/run_writer.h"
#include "core/version/version.h"

namespace mylonite {

// Writes the tables and returns the edit that adds them; the caller commits it. Requires a memtable that is not empty.
Result<VersionEdit> flush_memtable(const RunTarget& target, const Memtable& memtable);

}  // namespace mylonite
