#include <gtest/gtest.h>

#include <mylonite/faultfs/disk.h>

#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

// Goal: a full disk refuses what does not fit, and space returns. Method: four pages; fill them in odd pieces, remove,
// close. Expectation: the prefix that fits is added, kNoSpace, retryable; space is back with the last name and handle.
TEST(Capacity, PrefixThenNoSpaceThenRoomAgain) {
  Disk disk(4 * kPageBytes);
  SimFileSystem fs(disk);
  const auto file = create(fs, "a", std::string(3 * kPageBytes + 100, 'a'));
  EXPECT_EQ(disk.space().available, 0U);
  EXPECT_TRUE(file->append(std::string(96, 'b')).ok());  // fits in the page that is there
  const Status full = file->append(std::string(2 * kPageBytes, 'c'));
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code(), Code::kNoSpace);
  EXPECT_TRUE(full.error().can_retry());
  EXPECT_EQ(*file->size(), 4 * kPageBytes);
  const auto other = open_file(fs, "b", vfs::OpenMode::kCreateExclusive);
  EXPECT_FALSE(other->append("x").ok());
  EXPECT_EQ(*other->size(), 0U);
  ASSERT_TRUE(file->truncate(1).ok());
  EXPECT_TRUE(other->append("x").ok());
  ASSERT_TRUE(fs.remove("a").ok());
  EXPECT_EQ(disk.space().available, 2 * kPageBytes);  // the handle still holds one page
  ASSERT_TRUE(file->close().ok());
  EXPECT_EQ(disk.space().available, 3 * kPageBytes);
  disk.set_capacity(0);
  EXPECT_EQ(disk.space().available, 0U);
  EXPECT_EQ(other->append(std::string(kPageBytes, 'x')).error().code(), Code::kNoSpace);
}

// Goal: holes take no space and cost nothing. Method: grow a file by a tebibyte on a small disk, read the far end,
// crash it both ways. Expectation: zeros; the space unchanged; both images possible.
TEST(Capacity, HolesAreFree) {
  Disk disk(2 * kPageBytes);
  SimFileSystem fs(disk);
  const auto file = create(fs, "a", "x");
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(file->truncate(std::uint64_t{1} << 40).ok());
  EXPECT_EQ(disk.space().available, kPageBytes);
  std::string bytes(10, '?');
  EXPECT_EQ(*file->read_at((std::uint64_t{1} << 40) - 4, bytes), 4U);
  EXPECT_EQ(bytes.substr(0, 4), std::string(4, '\0'));
  ScriptedChooser keep = always(FateKind::kKept);
  EXPECT_EQ(power_loss(disk, NameOrder::kPosix, keep).node(*disk.find("a")).file.size(), std::uint64_t{1} << 40);
  ScriptedChooser lose = always(FateKind::kLost);
  EXPECT_EQ(contents(power_loss(disk, NameOrder::kPosix, lose), "a"), "");
}

// Goal: copies are independent, in what is seen and in what is durable. Method: copy a disk with pending bytes and
// names, change both sides differently. Expectation: each side as if alone; the untouched copy unchanged.
TEST(Copies, AreIndependent) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto file = create(fs, "a", "base");
  ASSERT_TRUE(fs.make_directory("d").ok());
  const Disk untouched = disk;
  const std::uint64_t hash = disk.hash();
  Disk copy = process_kill(disk);
  {
    SimFileSystem other(copy);
    const auto same = open_file(other, "a", vfs::OpenMode::kReadWrite);
    ASSERT_TRUE(same->append("-copy").ok());
    ASSERT_TRUE(same->sync(vfs::SyncKind::kDataAndSize).ok());
    ASSERT_TRUE(other.sync_directory("").ok());
    create(other, "d/x", "");
  }
  ASSERT_TRUE(file->append("-first").ok());
  ASSERT_TRUE(fs.remove_directory("d").ok());
  EXPECT_EQ(contents(disk, "a"), "base-first");
  EXPECT_EQ(contents(copy, "a"), "base-copy");
  EXPECT_EQ(contents(untouched, "a"), "base");
  EXPECT_EQ(untouched.hash(), hash);
  ScriptedChooser lose = always(FateKind::kLost);
  const std::map<std::string, std::string> durable = {{"a", "base-copy"}, {"d/", ""}};
  EXPECT_EQ(tree(power_loss(copy, NameOrder::kPosix, lose)), durable);
  EXPECT_TRUE(tree(power_loss(disk, NameOrder::kPosix, lose)).empty());
}

// Goal: the hash tells disks apart by name, kind, size and bytes, and by nothing else. Method: one disk by two
// histories and its neighbours. Expectation: equal for equal trees, different for each neighbour.
TEST(Hash, IsOfTheVisibleTree) {
  const auto made = [](const std::string& name, const std::string& bytes) {
    Disk disk;
    SimFileSystem fs(disk);
    create(fs, name, bytes);
    return disk.hash();
  };
  Disk longer;
  SimFileSystem fs(longer);
  const auto file = create(fs, "old", "abcdef");
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(file->truncate(3).ok());
  ASSERT_TRUE(fs.rename("old", "a").ok());
  EXPECT_EQ(longer.hash(), made("a", "abc"));
  EXPECT_NE(longer.hash(), made("b", "abc"));
  EXPECT_NE(longer.hash(), made("a", "abd"));
  EXPECT_NE(longer.hash(), made("a", std::string("abc\0", 4)));
  Disk directory;
  SimFileSystem other(directory);
  ASSERT_TRUE(other.make_directory("a").ok());
  EXPECT_NE(directory.hash(), made("a", ""));
}

// Goal: nodes that nobody needs are freed, so long runs stay small. Method: 1,000 times create, sync names, remove,
// sync names. Expectation: a handful of node slots.
TEST(Nodes, AreReused) {
  Disk disk;
  SimFileSystem fs(disk);
  for (int i = 0; i < 1000; ++i) {
    create(fs, "a", "bytes");
    ASSERT_TRUE(fs.sync_directory("").ok());
    ASSERT_TRUE(fs.remove("a").ok());
    ASSERT_TRUE(fs.sync_directory("").ok());
  }
  EXPECT_LE(disk.node_count(), 3U);
  EXPECT_EQ(disk.space().available, Disk::kUnlimited);
}

}  // namespace
}  // namespace mylonite::faultfs
