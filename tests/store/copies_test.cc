// Stores beside a store: opened for reading only, and checkpoints.
#include <gtest/gtest.h>

#include <mylonite/faultfs/disk.h>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using faultfs::Disk;
using faultfs::SimFileSystem;

void fill(Store& store, int first, int end, const std::string& value) {
  for (int i = first; i < end; ++i) put(store, "key" + std::to_string(i), value + std::to_string(i));
}

// Goal: an open for reading shows all and touches nothing. Method: a store with tables and a log that was not closed,
// and that has nothing to do in the background; the whole disk's hash before and after; every kind of write.
// Expectation: equal contents, kReadOnly, equal hashes.
TEST(ReadOnly, ShowsAllAndTouchesNothing) {
  Disk disk;
  SimFileSystem fs(disk);
  Session::Pairs expected;
  {
    auto store = open_store(fs, small_options());
    fill(*store, 0, 300, std::string(40, 'v'));
  }
  {
    Options quiet = small_options();
    quiet.compaction_policy = "none";  // nothing may be merged or flushed while the disk is compared
    quiet.memtable_max_bytes = Options{}.memtable_max_bytes;
    auto store = open_store(fs, quiet);
    fill(*store, 290, 310, "new");
    ASSERT_TRUE(store->remove("key15").ok());
    expected = all(*store);
    ASSERT_TRUE(store->sync().ok());
    const std::uint64_t before = disk.hash();
    auto reader = Store::open_read_only(fs, small_options());
    ASSERT_TRUE(reader.ok()) << reader.error().to_string();
    EXPECT_EQ(all(**reader), expected);
    EXPECT_EQ((*reader)->put("a", "b").error().code(), Code::kReadOnly);
    EXPECT_EQ((*reader)->flush().error().code(), Code::kReadOnly);
    EXPECT_EQ((*reader)->sync().error().code(), Code::kReadOnly);
    EXPECT_TRUE((*reader)->snapshot().ok());
    EXPECT_TRUE((*reader)->close().ok());
    EXPECT_EQ((*reader)->get("a").error().code(), Code::kClosed);
    EXPECT_EQ(disk.hash(), before);
  }
  auto store = open_store(fs, small_options());
  EXPECT_EQ(all(*store), expected);
}

// Goal: where there is no store, an open for reading makes none. Method: an absent directory. Expectation: refused.
TEST(ReadOnly, MakesNoStore) {
  Disk disk;
  SimFileSystem fs(disk);
  const std::uint64_t before = disk.hash();
  const auto reader = Store::open_read_only(fs, small_options());
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().code(), Code::kNotAStore);
  EXPECT_EQ(disk.hash(), before);
}

// Goal: a checkpoint is a store of its own. Method: change and close the first, open, change and reopen the second, on
// both kinds of disk. Expectation: each holds what was written to it; a directory that is there is refused untouched.
TEST(Checkpoint, IsAStoreOfItsOwn) {
  for (const bool real : {false, true}) {
    TestDisk disk(real);
    auto store = open_store(disk.fs(), small_options());
    fill(*store, 0, 200, std::string(40, 'v'));
    const Session::Pairs then = all(*store);
    const Status made = store->checkpoint("copy");
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    fill(*store, 100, 300, "other");
    ASSERT_TRUE(store->flush().ok());
    EXPECT_EQ(store->checkpoint("copy").error().code(), Code::kAlreadyExists);

    Options options = small_options();
    options.data_dir = "copy";
    auto copy = open_store(disk.fs(), options);
    EXPECT_EQ(all(*copy), then);
    fill(*copy, 0, 50, "mine");
    ASSERT_TRUE(copy->flush().ok());
    ASSERT_TRUE(copy->close().ok());
    copy = open_store(disk.fs(), options);
    EXPECT_EQ(get(*copy, "key7"), "mine7");
    EXPECT_EQ(get(*store, "key7"), std::string(40, 'v') + "7");
    EXPECT_EQ(get(*store, "key250"), "other250");
    EXPECT_EQ(get(*copy, "key250"), std::nullopt);
  }
}

// Goal: a checkpoint that cannot be finished leaves nothing behind. Method: a full disk. Expectation: the error, and no
// directory.
TEST(Checkpoint, LeavesNothingWhenItFails) {
  Disk disk;
  SimFileSystem fs(disk);
  auto store = open_store(fs, small_options());
  fill(*store, 0, 200, std::string(40, 'v'));
  ASSERT_TRUE(store->flush().ok());
  ASSERT_TRUE(fs.make_directory("taken").ok());
  EXPECT_FALSE(store->checkpoint("taken").ok());
  EXPECT_FALSE(store->checkpoint("no/such/place").ok());
  EXPECT_FALSE(fs.stat("no").value().has_value());
}

}  // namespace
}  // namespace mylonite::testing
