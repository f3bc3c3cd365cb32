// The cursor over a table's entries: walks the index's blocks and holds one decoded block at a time.
//
// Keeps the table alive. A damaged block ends it with an error until the next seek; it never steps over one.
// Thread-safety: one thread an object. Complexity: a seek reads at most one block; a step reads one at block ends.
#pragma once

#include <memory>
#include <optional>

#include "core/format/iterator.h"
#include "core/sst/block.h"
#include "core/sst/table_reader.h"

namespace mylonite {

class TableIterator final : public InternalIterator {
 public:
  explicit TableIterator(std::shared_ptr<const TableReader> table) : table_(std::move(table)) {}

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
  bool load(std::size_t block);  // false: status_ says why
  void check();                  // turns damage that the cursor met into status_

  std::shared_ptr<const TableReader> table_;
  std::size_t block_ = 0;                // that the cursor is in, when there is a cursor
  std::optional<BlockIterator> cursor_;  // empty: not valid
  Status status_;
};

}  // namespace mylonite
