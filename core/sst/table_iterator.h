// The cursor over a table's entries: it walks the index's blocks and holds one decoded block at a time.
//
// It keeps the table alive. A damaged block, or an index that cannot be read, ends it with an error until the next
// seek; it never skips a damaged block.
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
  bool start();                  // resets to not valid, no error; false: the table cannot be read, status_ says why
  bool load(std::size_t block);  // false: status_ says why
  void check();                  // stores damage that the block's cursor met in status_
  void fail(std::string message);
  std::size_t blocks() const { return loaded_->metadata->index.size(); }

  std::shared_ptr<const TableReader> table_;
  CacheUse use_;
  TableReader::Loaded* loaded_ = nullptr;  // the table's; null before the first seek
  std::size_t block_ = 0;                  // the cursor's block, when there is a cursor
  std::optional<BlockIterator> cursor_;    // empty: not valid
  Status status_;
};

}  // namespace mylonite
