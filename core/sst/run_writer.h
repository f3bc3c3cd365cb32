// Writes sorted entries and range deletes into the tables of one run, for flushes, recovery and compactions.
//
// It changes no entry. A new table starts beyond `table_bytes_max`, at a cut, or where the caller ends one, never
// between two versions of one user key. Range deletes are cut at the tables' borders: a table has those from its first
// user key up to that of the next table. The first table has them from the beginning, the last one to the end. Range
// deletes without any entry make one table.
// On success the tables and their names are synced; no manifest lists them yet. After an error the writer must be
// dropped; the next open removes the files that it wrote.
// Thread-safety: one thread a writer; several writers side by side. Memory: one table builder and the range deletes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/options.h>
#include <mylonite/status.h>
#include <mylonite/table_info.h>

#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/sst/table_builder.h"

namespace mylonite {

struct RunTarget {
  vfs::FileSystem& fs;
  std::string directory;
  const Options& options;
  std::function<FileNumber()> new_file_number;
  std::uint64_t filter_rate;                   // of the tables' filters, in parts per million
  const std::atomic<bool>* give_up = nullptr;  // once true, the writer ends soon with kClosed; null: never
  std::uint64_t table_bytes_max = options.sstable_max_bytes;  // a new table starts beyond it
};

class RunWriter {
 public:
  // `cuts`: user keys, ascending; no table holds keys on both sides of one.
  RunWriter(RunTarget target, RangeTombstones range_deletes, std::vector<std::string> cuts = {});

  // Keys increase strictly. The views are not kept.
  Status add(std::string_view internal_key, std::string_view value);
  // The next add starts a new table. Requires that its user key differs from the last one's.
  void end_table() { end_table_ = true; }
  std::uint64_t table_bytes() const;  // of the open table, approximately; 0: none is open
  // Returns the tables in key order; none when there was nothing to write. No call may follow it.
  Result<std::vector<TableInfo>> finish();

 private:
  struct OpenTable {
    std::unique_ptr<vfs::File> file;
    std::unique_ptr<TableBuilder> builder;
  };
  Status start_table();
  bool passes_cut(std::string_view user_key);  // since the last one
  // `next`: the first user key of the next table; empty: this is the last.
  Status finish_table(std::optional<std::string_view> next);

  const RunTarget target_;
  const RangeTombstones range_deletes_;
  std::optional<OpenTable> open_;
  std::string low_;  // where the open table begins; before the first, where that one begins
  std::string last_user_key_;
  const std::vector<std::string> cuts_;
  std::size_t next_cut_ = 0;  // the first one above the last user key
  bool end_table_ = false;
  std::vector<TableInfo> tables_;
};

// The entries from the first to the last of the cursor.
Result<std::vector<TableInfo>> write_run(const RunTarget& target, InternalIterator& entries,
                                         RangeTombstones range_deletes = {});

}  // namespace mylonite
