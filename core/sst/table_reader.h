// Reads one table file (layout: core/sst/format.h).
//
// open() checks everything but the data blocks: size, footer, filter, index, properties, and that they are what the
// caller expects. The index and the filter stay in memory as long as the reader. A data block is checked whenever it
// is read; damage is an error that names the file and the offset, and concerns only the block it lies in.
// Does not cache data blocks.
// Thread-safety: immutable; all functions may run in any threads at once.
// Complexity: get reads at most one block, and none when the filter or the index rules the key out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/format/internal_key.h"
#include "core/format/iterator.h"
#include "core/format/table_info.h"
#include "core/sst/block.h"
#include "core/sst/filter.h"
#include "core/sst/format.h"
#include "core/vfs/file_system.h"

namespace mylonite {

class TableReader : public std::enable_shared_from_this<TableReader> {
 public:
  struct Entry {
    Kind kind = Kind::kPut;
    Timestamp at;
    std::string value;
  };

  // `name` is for messages. `expected.number` is not compared: a table keeps its id when it is linked under a new name.
  static Result<std::shared_ptr<const TableReader>> open(std::unique_ptr<vfs::File> file, const TableInfo& expected,
                                                         std::string name);

  // The newest entry of the key with a stamp ≤ `at`, a delete included; empty when the table has none.
  Result<std::optional<Entry>> get(std::string_view user_key, Timestamp at) const;
  std::unique_ptr<InternalIterator> iterator() const;  // keeps the reader alive

  // Reads the whole file again: every checksum, the order of all entries, and that index, filter and properties agree
  // with them.
  Status verify() const;

  const TableInfo& info() const { return metadata_->info; }

 private:
  friend class TableIterator;

  // All that open() reads.
  struct Metadata {
    TableInfo info;
    Filter filter;
    std::string index_payload;
    std::vector<IndexEntry> index;  // borrows from the payload: a Metadata stays where it was made
  };

  TableReader(std::unique_ptr<vfs::File> file, std::string name, std::unique_ptr<const Metadata> metadata)
      : file_(std::move(file)), name_(std::move(name)), metadata_(std::move(metadata)) {}

  static Result<std::unique_ptr<const Metadata>> read_metadata(vfs::File& file, const std::string& name);
  // The first block whose last key is not before the target; the number of blocks when there is none.
  std::size_t block_for(std::string_view internal_key) const;
  Result<std::shared_ptr<const Block>> load_block(std::size_t i) const;
  Status verify_block(std::size_t i, TableInfo& found) const;
  Error damaged(std::size_t block, std::string message) const;

  std::unique_ptr<vfs::File> file_;
  std::string name_;
  std::unique_ptr<const Metadata> metadata_;
};

}  // namespace mylonite
