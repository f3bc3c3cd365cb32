#include "core/sst/table_iterator.h"

#include "core/base/invariant.h"

namespace mylonite {

bool TableIterator::load(std::size_t block) {
  status_ = {};
  if (cursor_.has_value() && block_ == block) return true;
  cursor_.reset();
  auto loaded = table_->load_block(block);
  if (!loaded.ok()) {
    status_ = loaded.error();
    return false;
  }
  cursor_.emplace(std::move(*loaded));
  block_ = block;
  return true;
}

void TableIterator::check() {
  if (cursor_->status().ok()) return;
  status_ = table_->damaged(block_, cursor_->status().error().message());
  cursor_.reset();
}

void TableIterator::seek_to_first() {
  if (!load(0)) return;
  cursor_->seek_to_first();
  check();
}

void TableIterator::seek_to_last() {
  if (!load(table_->metadata_->index.size() - 1)) return;
  cursor_->seek_to_last();
  check();
}

void TableIterator::seek(std::string_view internal_key) {
  const std::size_t block = table_->block_for(internal_key);
  if (block == table_->metadata_->index.size()) {
    status_ = {};
    cursor_.reset();
    return;
  }
  if (!load(block)) return;
  cursor_->seek(internal_key);
  check();
  if (status_.ok() && !cursor_->valid()) status_ = table_->damaged(block, "the block ends before its key in the index");
}

void TableIterator::next() {
  invariant(valid(), "a cursor that is moved is valid");
  cursor_->next();
  check();
  if (!status_.ok() || cursor_->valid() || block_ + 1 == table_->metadata_->index.size()) return;
  if (!load(block_ + 1)) return;
  cursor_->seek_to_first();
  check();
}

void TableIterator::prev() {
  invariant(valid(), "a cursor that is moved is valid");
  cursor_->prev();
  check();
  if (!status_.ok() || cursor_->valid() || block_ == 0) return;
  if (!load(block_ - 1)) return;
  cursor_->seek_to_last();
  check();
}

}  // namespace mylonite
