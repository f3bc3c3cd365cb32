// Tables in memory for the tests of core/sst: built from a model, opened from bytes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <mylonite/faultfs/injected_faults.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/format/file_names.h"
#include "core/sst/table_builder.h"
#include "core/sst/table_reader.h"
#include "core/vfs/util.h"
#include "tests/support/entries.h"
#include "tests/support/memory_file_system.h"

namespace mylonite::testing {

// A folder "db" in memory and the environment of its tables, kept together: readers hold the environment.
struct TableWorld {
  explicit TableWorld(const Options& options = {}) : environment(disk, "db", options) {}

  MemoryFileSystem disk;
  TableEnvironment environment;
};

// The same on a simulated disk, whose calls faults may strike.
struct FaultyTableWorld {
  explicit FaultyTableWorld(const Options& options = {}) : environment(fs, "db", options) {
    EXPECT_TRUE(fs.make_directory("db").ok());
  }

  faultfs::Disk disk;
  faultfs::InjectedFaults faults;
  faultfs::SimFileSystem fs{disk, &faults};
  TableEnvironment environment;
};

template <class World>
std::shared_ptr<TableEnvironment> environment_of(const std::shared_ptr<World>& world) {
  return {world, &world->environment};
}

inline std::string path_of(FileNumber table) { return "db/" + table_name(table); }

struct BuiltTable {
  std::shared_ptr<MemoryBytes> content = std::make_shared<MemoryBytes>();
  TableInfo info;
};

inline BuiltTable build_table(const Entries& entries, const BuilderOptions& options,
                              const RangeTombstones& range_deletes = {}) {
  BuiltTable table;
  MemoryFile file(table.content);
  TableBuilder builder(file, options);
  for (const auto& [key, value] : entries) EXPECT_TRUE(builder.add(key, value).ok());
  auto info = builder.finish(range_deletes);
  EXPECT_TRUE(info.ok());
  table.info = std::move(*info);
  return table;
}

// In a world of its own.
inline Result<std::shared_ptr<const TableReader>> open_table(const BuiltTable& table, const Options& options = {}) {
  const auto world = std::make_shared<TableWorld>(options);
  world->disk.put(path_of(table.info.number), table.content);
  return TableReader::open(environment_of(world), table.info);
}

// In a given world, beside others.
inline std::shared_ptr<const TableReader> open_table_in(const std::shared_ptr<TableWorld>& world,
                                                        const BuiltTable& table) {
  world->disk.put(path_of(table.info.number), table.content);
  auto reader = TableReader::open(environment_of(world), table.info);
  EXPECT_TRUE(reader.ok());
  return reader.ok() ? *reader : nullptr;
}

inline void put_table(FaultyTableWorld& world, const BuiltTable& table) {
  EXPECT_TRUE(vfs::write_new_file(world.fs, path_of(table.info.number), table.content->bytes).ok());
}

inline faultfs::Injector failing_reads() {
  return inject(faultfs::Fault::kIoError, every(faultfs::calls({faultfs::CallKind::kRead})));
}

inline BuiltTable with_bytes(const BuiltTable& table, std::string bytes) {
  BuiltTable copy;
  copy.info = table.info;
  copy.content->bytes = std::move(bytes);
  return copy;
}

}  // namespace mylonite::testing
