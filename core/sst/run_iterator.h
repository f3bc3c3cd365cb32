// One cursor over all tables of a run. The tables are disjoint and in key order, so one of them at a time is enough.
//
// A seek finds its table by the tables' borders, without reading any other. Tables with only range deletes are skipped.
// An error of a table ends the cursor until the next seek; the cursor never skips an error.
// It keeps the tables alive. Thread-safety: one thread an object.
// Complexity: a seek costs O(log tables) and a seek in one table; rarely two, at a border.
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
  void enter(std::size_t table);  // makes a cursor over the table, not yet placed
  bool stands() const { return valid() || !status().ok(); }
  // From a table's end to the first entry of the next tables, or to the last of the tables before.
  void go_on_forward();
  void go_on_backward();

  std::shared_ptr<const TableList> tables_;
  CacheUse use_;
  std::size_t table_ = 0;                // the cursor's table, when there is a cursor
  std::optional<TableIterator> cursor_;  // empty: not valid, no error
};

}  // namespace mylonite
