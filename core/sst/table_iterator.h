// The cursor over a table's entries: walks the index's blocks and holds one decoded block at a time.
//
// Keeps the table alive. A damaged block, or a table whose index cannot be read, ends it with an error until the next
// seek; it never steps over one.
// Thread-safety: one thread an object. Complexity: a seek reads at most one block; a step reads one at block ends.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "core/format/iterator.h"
#include "core/sst/block.h"
#include "core/sst/table_reader.h"

namespace mylonite {

class TableIterator final : public InternalIterator {
 public:
  TableIterator(std::shared_ptr<const TableReader> table, CacheUse use) : table_(std::move(table)), use_(use) {}

  bool valid() const override { return cursor_.has_value() && cursor_->valid(); }
  void seek_to_first() override;
  void seek_to_last() override;
  void seek(std::string_view internal_key) override;
  void next() override;
  void prev() override;
  std::string_view key() const override { return cursor_->key(); }
  std::string_view value() const override { return cursor_->value(); }
  Status status() const override { return status_; }

 private:
  bool start();                  // not valid, no error; false: status_ says why the table is not there to seek in
  bool load(std::size_t block);  // false: status_ says why
  void check();                  // turns damage that the cursor met into status_
  void fail(std::string message);
  std::size_t blocks() const { return loaded_->metadata->index.size(); }

  std::shared_ptr<const TableReader> table_;
  CacheUse use_;
  TableReader::Loaded* loaded_ = nullptr;  // the table's; null before the first seek
  std::size_t block_ = 0;                  // that the cursor is in, when there is a cursor
  std::optional<BlockIterator> cursor_;    // empty: not valid
  Status status_;
};

}  // namespace mylonite
