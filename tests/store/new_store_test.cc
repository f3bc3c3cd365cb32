// error_if_exists: a store is made anew, or refused.
#include <gtest/gtest.h>

#include <mylonite/faultfs/sim_file_system.h>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

class NewStore : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, NewStore, ::testing::Bool(), disk_name);

// Goal: error_if_exists makes a store, and refuses one that is there. Method: open twice with it, while the first is
// open and once it is closed; then for reading only, and without it. Expectation: made; kAlreadyExists; the data is
// there.
TEST_P(NewStore, IsMadeOrRefused) {
  options_.error_if_exists = true;
  {
    const auto store = open_store(disk_.fs(), options_);
    ASSERT_NE(store, nullptr);
    EXPECT_TRUE(store->recovery().created);
    put(*store, "k", "v");
    EXPECT_EQ(open_code(disk_.fs(), options_), Code::kAlreadyExists);
    ASSERT_TRUE(store->close().ok());
  }
  EXPECT_EQ(open_code(disk_.fs(), options_), Code::kAlreadyExists);
  EXPECT_EQ(get(**Store::open_read_only(disk_.fs(), options_), "k"), "v");
  options_.error_if_exists = false;
  EXPECT_EQ(get(*open_store(disk_.fs(), options_), "k"), "v");
  options_.error_if_exists = true;
  options_.create_if_missing = false;
  options_.data_dir = "absent";
  EXPECT_EQ(open_code(disk_.fs(), options_), Code::kNotAStore);
}

// Goal: a refusal touches nothing, and only a store is refused. Method: a killed store with logs and without LOCK; the
// rest of a creation that did not end. Expectation: the same disk after the refusal; the rest becomes a store.
TEST(NewStoreOnly, TouchesNothing) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  Options options = small_options();
  {
    const auto store = open_store(fs, options);
    put(*store, "k", "v");
    ASSERT_TRUE(store->close().ok());
  }
  ASSERT_TRUE(fs.remove("store/LOCK").ok());
  options.error_if_exists = true;
  const std::uint64_t before = disk.hash();
  EXPECT_EQ(open_code(fs, options), Code::kAlreadyExists);
  EXPECT_EQ(disk.hash(), before);
  options.data_dir = "half";
  ASSERT_TRUE(fs.make_directory("half").ok());
  for (const std::string name : {"manifest-1.jsonl", "LOCK", "CURRENT.new"}) {
    ASSERT_TRUE(vfs::write_new_file(fs, "half/" + name, "half").ok());
  }
  EXPECT_TRUE(open_store(fs, options)->recovery().created);
}

}  // namespace
}  // namespace mylonite::testing
