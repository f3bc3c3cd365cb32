// Writes sorted entries into the tables of one new run: what a memtable's flush, and recovery, do.
//
// Every version of every key is kept. A new table starts beyond `sstable_max_bytes`, never between two versions of one
// user key. On success the tables are synced and so are their names; they are not in the catalog yet.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/format/iterator.h"
#include "core/format/options.h"
#include "core/format/table_info.h"
#include "core/version/version.h"
#include "core/vfs/file_system.h"

namespace mylonite {

struct RunTarget {
  vfs::FileSystem& fs;
  std::string directory;
  const Options& options;
  std::function<FileNumber()> new_file_number;
};

// `entries` is walked from its first entry to its end.
Result<std::vector<TableInfo>> write_run(const RunTarget& target, InternalIterator& entries);

// The edit that adds tables written by write_run as the newest run of level 0.
VersionEdit add_newest_run(const std::vector<TableInfo>& tables);

}  // namespace mylonite
