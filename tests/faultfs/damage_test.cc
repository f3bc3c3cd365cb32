#include <mylonite/faultfs/damage.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/vfs/posix.h"
#include "core/vfs/util.h"

namespace mylonite::faultfs {
namespace {

// Two files of 1,300 and 700 bytes, all of them different from their neighbours.
Disk two_files() {
  Disk disk;
  SimFileSystem fs(disk);
  for (const auto& [name, size] : {std::pair{"a", 1300}, std::pair{"b", 700}}) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>('A' + i % 57 + *name - 'a');
    EXPECT_TRUE(vfs::write_new_file(fs, name, bytes).ok());
  }
  EXPECT_TRUE(fs.sync_directory("").ok());
  return disk;
}

std::string bytes_of(Disk disk, const std::string& path) {
  SimFileSystem fs(disk);
  return vfs::read_whole_file(fs, path).value();
}

// Goal: damage strikes one place of one file. Method: every kind at many places. Expectation: the other file is as
// before; of a sector's kinds only bytes of one sector differ; a flipped bit is one; the text says what it is.
TEST(Damage, StrikesOnePlace) {
  const Disk sound = two_files();
  const std::string before = bytes_of(sound, "a");
  for (const DamageRow& row : kDamageTable) {
    std::size_t struck = 0;
    for (std::uint64_t where = 0; where < 3000; where += 7) {
      const auto result = damaged(sound, {.kind = row.kind, .path = "a", .where = where});
      if (!result) continue;
      ++struck;
      EXPECT_EQ(bytes_of(result->disk, "b"), bytes_of(sound, "b"));
      EXPECT_TRUE(result->what.starts_with("a: "));
      if (row.kind == DamageKind::kVanished) {
        EXPECT_FALSE(result->disk.find("a"));
        continue;
      }
      const std::string after = bytes_of(result->disk, "a");
      EXPECT_NE(after, before);
      if (row.kind == DamageKind::kTruncated) {
        EXPECT_TRUE(before.starts_with(after));
        continue;
      }
      ASSERT_EQ(after.size(), before.size());
      const auto first = std::ranges::mismatch(before, after).in1 - before.begin();
      const auto last = static_cast<std::ptrdiff_t>(before.size()) - 1 -
                        (std::mismatch(before.rbegin(), before.rend(), after.rbegin()).first - before.rbegin());
      EXPECT_EQ(first / 512, last / 512) << row.name;
      if (row.kind == DamageKind::kFlippedBit) {
        EXPECT_EQ(first, last);
      }
    }
    EXPECT_GT(struck, 0U) << row.name;
  }
  EXPECT_EQ(bytes_of(sound, "a"), before) << "the disk that was given stays";
}

// Goal: what was damaged is durable. Method: a power loss that keeps nothing that is not. Expectation: the same bytes.
TEST(Damage, SurvivesAPowerLoss) {
  const auto result = damaged(two_files(), {.kind = DamageKind::kZeroedSector, .path = "a", .where = 1});
  ASSERT_TRUE(result);
  std::vector<Choice> none;
  ReplayChooser keep(none);
  EXPECT_EQ(power_loss(result->disk, NameOrder::kPosix, keep).hash(), result->disk.hash());
  EXPECT_TRUE(result->disk.node(*result->disk.find("a")).file.is_durable());
}

// Goal: nothing is claimed where nothing changes. Expectation: empty for an absent or empty file, a directory, and
// bytes that stay.
TEST(Damage, NothingToDamage) {
  Disk disk = two_files();
  {
    SimFileSystem fs(disk);
    ASSERT_TRUE(vfs::write_new_file(fs, "empty", "").ok());
    ASSERT_TRUE(vfs::write_new_file(fs, "zeros", std::string(512, '\0')).ok());
    ASSERT_TRUE(fs.make_directory("d").ok());
  }
  for (const char* path : {"absent", "empty", "d", "zeros"}) {
    EXPECT_FALSE(damaged(disk, {.kind = DamageKind::kZeroedSector, .path = path, .where = 0})) << path;
  }
}

// Goal: a reader can believe the README, and names lead back to kinds. Expectation: each row is there, in order.
TEST(DamageTable, IsTheReadmes) {
  const auto fs = vfs::open_posix(MYLONITE_SOURCE_DIR);
  ASSERT_TRUE(fs.ok());
  const std::string readme = vfs::read_whole_file(**fs, "faultfs/README.md").value();
  std::string expected = "| damage | that is |\n|---|---|\n";
  for (const DamageRow& row : kDamageTable) {
    expected += fmt::format("| `{}` | {} |\n", row.name, row.meaning);
    EXPECT_EQ(damage_from_name(row.name), row.kind);
  }
  EXPECT_TRUE(readme.ends_with(expected)) << expected;
  EXPECT_FALSE(damage_from_name("rust"));
}

}  // namespace
}  // namespace mylonite::faultfs
