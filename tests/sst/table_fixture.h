// Tables in memory for the tests of core/sst: built from a model, opened from bytes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/sst/table_builder.h"
#include "core/sst/table_reader.h"
#include "tests/support/entries.h"
#include "tests/support/memory_file.h"

namespace mylonite::testing {

struct BuiltTable {
  std::shared_ptr<MemoryBytes> content = std::make_shared<MemoryBytes>();
  TableInfo info;
};

inline BuiltTable build_table(const Entries& entries, const BuilderOptions& options) {
  BuiltTable table;
  MemoryFile file(table.content);
  TableBuilder builder(file, options);
  for (const auto& [key, value] : entries) EXPECT_TRUE(builder.add(key, value).ok());
  auto info = builder.finish();
  EXPECT_TRUE(info.ok());
  table.info = std::move(*info);
  return table;
}

inline Result<std::shared_ptr<const TableReader>> open_table(const BuiltTable& table) {
  return TableReader::open(std::make_unique<MemoryFile>(table.content), table.info, "sst-7.sst");
}

inline BuiltTable with_bytes(const BuiltTable& table, std::string bytes) {
  BuiltTable copy;
  copy.content->bytes = std::move(bytes);
  copy.info = table.info;
  return copy;
}

}  // namespace mylonite::testing
