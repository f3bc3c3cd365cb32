// Damage inside one table's file: the store opens, and other tables answer.
#include <gtest/gtest.h>

#include <string>

#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

class DamagedTable : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, DamagedTable, ::testing::Bool(), disk_name);

// Goal: a table costs its own keys only, wherever its file is damaged. Method: two tables without common keys; the last
// byte of one turned, the file cut, then gone; opened for writing and for reading. Expectation: reads of its keys name
// the file, other keys are served, writes and a close work; an open without the file is refused.
TEST_P(DamagedTable, CostsItsOwnKeys) {
  vfs::FileSystem& fs = disk_.fs();
  options_.compaction_policy = "none";
  {
    const auto store = open_store(fs, options_);
    put(*store, "a", "1");
    ASSERT_TRUE(store->flush().ok());
    put(*store, "z", "2");
    ASSERT_TRUE(store->flush().ok());
    ASSERT_TRUE(store->close().ok());
  }
  const auto loaded = load_manifest(fs, "store");
  ASSERT_TRUE(loaded.ok());
  const std::string table = table_name(loaded->version.levels.at(0).runs.front().tables.front().number);
  const std::string whole = vfs::read_whole_file(fs, "store/" + table).value();
  std::string turned = whole;
  turned.back() ^= 1;
  for (const std::string& bytes : {turned, whole.substr(0, whole.size() - 1), std::string()}) {
    replace_file(fs, "store/" + table, bytes);
    const auto readers = Store::open_read_only(fs, options_);
    ASSERT_TRUE(readers.ok());
    EXPECT_EQ(get(**readers, "a"), "1");
    const auto store = open_store(fs, options_);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(store->recovery().tables_damaged, 1U);
    EXPECT_EQ(get(*store, "a"), "1");
    for (int tries = 0; tries < 2; ++tries) {
      const auto refused = store->get("z");
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code(), Code::kCorruption);
      EXPECT_EQ(refused.error().file(), table);
    }
    EXPECT_FALSE(store->range({}).ok());
    put(*store, "b", "3");
    ASSERT_TRUE(store->flush().ok());
    EXPECT_EQ(get(*store, "b"), "3");
    replace_file(fs, "store/" + table, whole);
    ASSERT_TRUE(store->close().ok());
  }
  EXPECT_EQ(get(*open_store(fs, options_), "z"), "2");
  ASSERT_TRUE(fs.remove("store/" + table).ok());
  EXPECT_EQ(open_code(fs, options_), Code::kCorruption);
}

}  // namespace
}  // namespace mylonite::testing
