#include "core/sst/table_iterator.h"

#include "core/base/invariant.h"

namespace mylonite {

bool TableIterator::start() {
  status_ = {};
  if (loaded_ != nullptr) return true;
  const auto loaded = table_->load();
  if (loaded.ok()) {
    loaded_ = *loaded;
  } else {
    status_ = loaded.error();
  }
  return loaded.ok();
}

bool TableIterator::load(std::size_t block) {
  if (cursor_.has_value() && block_ == block) return true;
  cursor_.reset();
  auto loaded = table_->load_block(*loaded_, block, use_);
  if (!loaded.ok()) {
    status_ = loaded.error();
    return false;
  }
  cursor_.emplace(std::move(*loaded));
  block_ = block;
  return true;
}

void TableIterator::fail(std::string message) {
  status_ = table_->damaged(loaded_->metadata->index[block_].block, std::move(message));
  cursor_.reset();
}

void TableIterator::check() {
  if (!cursor_->status().ok()) fail(cursor_->status().error().message());
}

void TableIterator::seek_to_first() {
  if (!start() || blocks() == 0 || !load(0)) return;
  cursor_->seek_to_first();
  check();
}

void TableIterator::seek_to_last() {
  if (!start() || blocks() == 0 || !load(blocks() - 1)) return;
  cursor_->seek_to_last();
  check();
}

void TableIterator::seek(std::string_view internal_key) {
  if (!start()) return;
  const std::size_t block = loaded_->metadata->block_for(internal_key);
  if (block == blocks()) {
    cursor_.reset();
    return;
  }
  if (!load(block)) return;
  cursor_->seek(internal_key);
  check();
  if (status_.ok() && !cursor_->valid()) fail("the block ends before its key in the index");
}

void TableIterator::next() {
  invariant(valid(), "a cursor that is moved is valid");
  cursor_->next();
  check();
  if (!status_.ok() || cursor_->valid() || block_ + 1 == blocks()) return;
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
