#include "core/sst/run_iterator.h"

#include <algorithm>

#include "core/base/invariant.h"
#include "core/format/internal_key.h"

namespace mylonite {

void RunIterator::enter(std::size_t table) {
  if (cursor_.has_value() && table_ == table) return;
  cursor_.emplace((*tables_)[table], use_);
  table_ = table;
}

void RunIterator::go_on_forward() {
  while (cursor_.has_value() && !stands()) {
    std::size_t next = table_ + 1;
    while (next < tables_->size() && (*tables_)[next]->info().entries == 0) ++next;
    if (next == tables_->size()) {
      cursor_.reset();
      return;
    }
    enter(next);
    cursor_->seek_to_first();
  }
}

void RunIterator::go_on_backward() {
  while (cursor_.has_value() && !stands()) {
    std::size_t before = table_;
    while (before > 0 && (*tables_)[before - 1]->info().entries == 0) --before;
    if (before == 0) {
      cursor_.reset();
      return;
    }
    enter(before - 1);
    cursor_->seek_to_last();
  }
}

void RunIterator::seek_to_first() {
  if (tables_->empty()) return;
  enter(0);
  cursor_->seek_to_first();
  go_on_forward();
}

void RunIterator::seek_to_last() {
  if (tables_->empty()) return;
  enter(tables_->size() - 1);
  cursor_->seek_to_last();
  go_on_backward();
}

void RunIterator::seek(std::string_view internal_key) {
  const auto found = std::ranges::partition_point(
      *tables_, [&](const auto& table) { return compare_internal(table->info().largest, internal_key) < 0; });
  if (found == tables_->end()) {
    cursor_.reset();
    return;
  }
  enter(static_cast<std::size_t>(found - tables_->begin()));
  cursor_->seek(internal_key);
  go_on_forward();
}

void RunIterator::next() {
  invariant(valid(), "a cursor that is moved is valid");
  cursor_->next();
  go_on_forward();
}

void RunIterator::prev() {
  invariant(valid(), "a cursor that is moved is valid");
  cursor_->prev();
  go_on_backward();
}

}  // namespace mylonite
