// Writes sorted entries into the tables of one run: what flushes, recovery and compactions do.
//
// Every entry is kept as it is. A new table starts beyond `sstable_max_bytes`, never between two versions of one user
// key. On success the tables are synced and so are their names; no manifest lists them yet. After an error, what was
// written is left behind: the next open removes it. Thread-safety: one call a target; several targets side by side.
// Memory: one table builder.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/format/iterator.h"
#include "core/format/options.h"
#include "core/format/table_info.h"
#include "core/vfs/file_system.h"

namespace mylonite {

struct RunTarget {
  vfs::FileSystem& fs;
  std::string directory;
  const Options& options;
  std::function<FileNumber()> new_file_number;
  const std::atomic<bool>* give_up = nullptr;  // once true, the writer ends soon with kClosed; null: never
};

// `entries` is walked from its first entry to its end. No entries: no tables.
Result<std::vector<TableInfo>> write_run(const RunTarget& target, InternalIterator& entries);

}  // namespace mylonite
