// One cursor over all tables of a run: disjoint tables in key order, so one of them at a time is enough.
//
// A seek finds its table by the tables' borders, without touching any other; tables that hold only range deletes are
// passed by. An error of a table ends the cursor until the next seek; it never steps over one.
// Keeps the tables alive. Thread-safety: one thread an object.
// Complexity: a seek O(log tables) and a seek in one table, rarely two: the next begins where the first one ends.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/format/iterator.h"
#include "core/sst/table_iterator.h"
#include "core/sst/table_reader.h"

namespace mylonite {

using TableList = std::vector<std::shared_ptr<const TableReader>>;

class RunIterator final : public InternalIterator {
 public:
  explicit RunIterator(std::shared_ptr<const TableList> tables, CacheUse use = CacheUse::kFill)
      : tables_(std::move(tables)), use_(use) {}

  bool valid() const override { return cursor_.has_value() && cursor_->valid(); }
  void seek_to_first() override;
  void seek_to_last() override;
  void seek(std::string_view internal_key) override;
  void next() override;
  void prev() override;
  std::string_view key() const override { return cursor_->key(); }
  std::string_view value() const override { return cursor_->value(); }
  Status status() const override { return cursor_.has_value() ? cursor_->status() : Status{}; }

 private:
  void enter(std::size_t table);  // a cursor there, not yet placed
  bool stands() const { return valid() || !status().ok(); }
  // While the cursor is at its table's end: to the first entry of the next tables, the last of those before.
  void go_on_forward();
  void go_on_backward();

  std::shared_ptr<const TableList> tables_;
  CacheUse use_;
  std::size_t table_ = 0;                // that the cursor is in, when there is a cursor
  std::optional<TableIterator> cursor_;  // empty: not valid, no error
};

}  // namespace mylonite
