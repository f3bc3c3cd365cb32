// Runs in memory for the tests of core/sst: written by RunWriter, opened in one world.
#pragma once

#include <memory>
#include <vector>

#include "core/sst/run_iterator.h"
#include "core/sst/run_writer.h"
#include "tests/sst/table_fixture.h"

namespace mylonite::testing {

// A world, and a target that numbers its tables from 1.
struct RunWorld {
  explicit RunWorld(const Options& given) : options(given), world(std::make_shared<TableWorld>(given)) {}

  RunTarget target() {
    return {.fs = world->disk,
            .directory = "db",
            .options = options,
            .new_file_number = [this] { return FileNumber{++last_number}; },
            .filter_rate = 10'000};
  }
  std::shared_ptr<const TableList> open(const std::vector<TableInfo>& tables) const {
    auto list = std::make_shared<TableList>();
    for (const TableInfo& info : tables) {
      auto reader = TableReader::open(environment_of(world), info);
      EXPECT_TRUE(reader.ok()) << reader.error().to_string();
      if (reader.ok()) list->push_back(*reader);
    }
    return list;
  }

  Options options;
  std::shared_ptr<TableWorld> world;
  std::uint64_t last_number = 0;
};

inline Options small_tables() {
  Options options;
  options.block_bytes = 128;
  options.sstable_max_bytes = 1024;
  return options;
}

}  // namespace mylonite::testing
