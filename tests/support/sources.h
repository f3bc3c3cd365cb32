// Several sources of entries for the tests of core/iter: a model dealt out over memtables and tables.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/memtable/memtable.h"
#include "core/sst/table_reader.h"
#include "tests/sst/table_fixture.h"
#include "tests/support/entries.h"

namespace mylonite::testing {

// Every other source is a table of small blocks, the rest are memtables; a source may be empty.
class Sources {
 public:
  explicit Sources(const std::vector<Entries>& parts) {
    for (const Entries& part : parts) {
      if (holders_.size() % 2 == 1 && !part.empty()) {
        holders_.push_back({.memtable = nullptr, .table = make_table(part)});
      } else {
        holders_.push_back({.memtable = make_memtable(part), .table = nullptr});
      }
    }
  }

  std::vector<std::unique_ptr<InternalIterator>> iterators() const {
    std::vector<std::unique_ptr<InternalIterator>> result;
    for (const Holder& holder : holders_) {
      result.push_back(holder.table ? holder.table->iterator() : holder.memtable->iterator());
    }
    return result;
  }

 private:
  struct Holder {
    std::shared_ptr<const Memtable> memtable;
    std::shared_ptr<const TableReader> table;
  };

  static std::shared_ptr<const Memtable> make_memtable(const Entries& entries) {
    auto memtable = std::make_shared<Memtable>();
    for (const auto& [key, value] : entries) {
      const ParsedKey parsed = parse_internal_key(key);
      memtable->add(parsed.user_key, parsed.at, parsed.kind, value);
    }
    return memtable;
  }

  static std::shared_ptr<const TableReader> make_table(const Entries& entries) {
    const auto reader = open_table(build_table(entries, {.table = {1}, .block_bytes = 100}));
    EXPECT_TRUE(reader.ok());
    return *reader;
  }

  std::vector<Holder> holders_;
};

inline std::vector<Entries> deal(const Entries& entries, std::size_t parts, Random& random) {
  std::vector<Entries> result(parts);
  for (const auto& entry : entries) result[random.below(parts)].insert(entry);
  return result;
}

}  // namespace mylonite::testing
