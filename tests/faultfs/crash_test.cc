#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <mylonite/faultfs/crash.h>

#include "core/base/hash.h"
#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

using vfs::SyncKind;

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(1 + random.below(255));  // zero stays free to mean "never written"
  return bytes;
}

Disk lose_all(const Disk& disk, NameOrder order = NameOrder::kPosix) {
  ScriptedChooser chooser = always(FateKind::kLost);
  return power_loss(disk, order, chooser);
}

// Goal: units are asked once, in a fixed order, by readable keys, and only where something was not durable.
// Method: a small history with one durable file, a torn one, a name used twice and a file whose name is lost.
// Expectation: exactly these keys.
TEST(PowerLoss, AsksReadableKeysInOrder) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto durable = create(fs, "sst-1.sst", "table");
  ASSERT_TRUE(durable->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  const auto log = create(fs, "wal-2.log", std::string(5000, 'x'));
  const auto lost = create(fs, "lost", "never asked for its bytes");
  const auto first = create(fs, "a", "");
  ASSERT_TRUE(fs.remove("a").ok());
  const auto second = create(fs, "a", "");
  ASSERT_TRUE(fs.rename("a", "b").ok());
  ScriptedChooser chooser([](const Unit& unit) -> Fate {
    if (unit.key == "create lost") return {.kind = FateKind::kLost};
    if (unit.key == "wal-2.log@page 1") return {.kind = FateKind::kTorn};
    return {};
  });
  const Disk image = power_loss(disk, NameOrder::kPosix, chooser);
  const std::vector<std::string> expected = {"create wal-2.log",   "create lost",       "create a",
                                             "remove a",           "create a #2",       "rename a to b",
                                             "wal-2.log size",     "wal-2.log@page 0",  "wal-2.log@page 1",
                                             "wal-2.log@sector 8", "wal-2.log@sector 9"};
  EXPECT_EQ(chooser.asked(), expected);
  const std::map<std::string, std::string> files = {
      {"sst-1.sst", "table"}, {"wal-2.log", std::string(5000, 'x')}, {"b", ""}};
  EXPECT_EQ(tree(image), files);
}

// Goal: the default fate keeps everything; the image has nothing pending. Method: keep all after a random history with
// truncates and forgotten syncs, lose all of the image. Expectation: the visible tree, twice.
TEST(PowerLoss, KeptEntirelyIsTheVisibleDisk) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    Disk disk;
    SimFileSystem fs(disk);
    const auto file = create(fs, "f", "");
    for (int step = 0; step < 12; ++step) {
      const std::uint64_t what = random.below(6);
      const std::uint64_t size = random.below(9000);
      if (what < 3) file->append(random_bytes(random, static_cast<std::size_t>(size))).value();
      if (what == 3) file->truncate(size).value();
      if (what == 4) file->sync(random.chance(1, 2) ? SyncKind::kData : SyncKind::kDataAndSize).value();
      if (what == 5) disk.forget(*disk.find("f"));
    }
    ReplayChooser keep({});
    const Disk image = power_loss(disk, NameOrder::kPosix, keep);
    ASSERT_EQ(tree(image), tree(disk)) << "seed " << seed;
    ASSERT_EQ(image.hash(), disk.hash());
    ASSERT_EQ(lose_all(image).hash(), disk.hash()) << "seed " << seed;
    ASSERT_EQ(image.space().available, disk.space().available);
  }
}

// Goal: whatever the choices, synced bytes survive and no byte appears that was never written there.
// Method: random appends, truncates and syncs of one durable name; a model keeps the bytes at the last full sync, the
// bytes at each data sync, and the lowest length since. Random images; in those without garbage and stale sectors
// every byte must be the visible one, the one before, or zero.
// Expectation: no violation in 3 x 400 images, and lost, torn and shortened images among them.
TEST(PowerLoss, SyncedBytesSurviveAndNothingIsInvented) {
  std::set<std::uint64_t> distinct;
  int strange_free = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    Disk disk;
    SimFileSystem fs(disk);
    const auto file = create(fs, "f", "");
    ASSERT_TRUE(fs.sync_directory("").ok());
    std::string now;      // visible
    std::string durable;  // bytes that a sync covered
    std::uint64_t durable_size = 0;
    std::uint64_t lowest = 0;  // length that was neither changed nor undercut since the last sync of any kind
    for (int step = 0; step < 10; ++step) {
      const std::uint64_t what = random.below(7);
      if (what < 4) {
        const std::string bytes = random_bytes(random, static_cast<std::size_t>(random.below(6000)));
        ASSERT_TRUE(file->append(bytes).ok());
        now += bytes;
      } else if (what == 4) {
        const std::uint64_t size = random.below(now.size() + 1);
        ASSERT_TRUE(file->truncate(size).ok());
        now.resize(static_cast<std::size_t>(size));
        lowest = std::min(lowest, size);
      } else {
        const SyncKind kind = what == 5 ? SyncKind::kData : SyncKind::kDataAndSize;
        ASSERT_TRUE(file->sync(kind).ok());
        durable_size = kind == SyncKind::kDataAndSize ? now.size() : std::min<std::uint64_t>(durable_size, now.size());
        durable = now;
        lowest = now.size();
      }
    }
    for (const NameOrder order : kOrders) {
      RandomChooser chooser(random.split(static_cast<std::uint64_t>(order)));
      RecordingChooser recorder(chooser);
      Disk image = power_loss(disk, order, recorder);
      const std::string after = contents(image, "f");
      ASSERT_TRUE(image.truncate(*image.find("f"), after.size() + 5000).ok());
      ASSERT_EQ(contents(image, "f"), after + std::string(5000, '\0')) << "cut bytes came back, seed " << seed;
      distinct.insert(hash64(after));
      const std::size_t owed = static_cast<std::size_t>(std::min(lowest, durable_size));
      ASSERT_GE(after.size(), owed) << "seed " << seed;
      ASSERT_EQ(after.substr(0, owed), durable.substr(0, owed)) << "seed " << seed;
      const std::size_t covered = std::min(after.size(), static_cast<std::size_t>(lowest));
      ASSERT_EQ(after.substr(0, covered), durable.substr(0, covered)) << "seed " << seed;
      const bool strange = std::ranges::any_of(recorder.choices(), [](const Choice& choice) {
        return choice.fate.kind == FateKind::kGarbage || choice.fate.kind == FateKind::kStale;
      });
      if (strange) continue;
      ++strange_free;
      for (std::size_t at = 0; at < after.size(); ++at) {
        const bool is_new = at < now.size() && after[at] == now[at];
        const bool is_old = at < durable.size() && after[at] == durable[at];
        ASSERT_TRUE(is_new || is_old || after[at] == 0) << "seed " << seed << " byte " << at;
      }
    }
  }
  EXPECT_GT(distinct.size(), 600U);
  EXPECT_GT(strange_free, 300);
}

// Goal: a data sync does not promise the length. Method: append, sync(kData), lose all.
// Expectation: the file is as short as before; with the size kept the bytes are there.
TEST(PowerLoss, DataSyncLeavesTheLengthOpen) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto file = create(fs, "f", "head");
  ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(file->append("tail").ok());
  ASSERT_TRUE(file->sync(SyncKind::kData).ok());
  EXPECT_EQ(contents(lose_all(disk), "f"), "head");
  ScriptedChooser keep_size(
      [](const Unit& unit) { return Fate{.kind = unit.kind == UnitKind::kSize ? FateKind::kKept : FateKind::kLost}; });
  EXPECT_EQ(contents(power_loss(disk, NameOrder::kPosix, keep_size), "f"), "headtail");
}

// Goal: a lost truncate brings the old bytes back. Method: truncate a durable file, append, keep the bytes but lose the
// length. Expectation: new bytes where they were written, old ones beyond.
TEST(PowerLoss, LostTruncateBringsBackOldBytes) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto file = create(fs, "f", std::string(9000, 'o'));
  ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(file->truncate(1000).ok());
  ASSERT_TRUE(file->append(std::string(100, 'n')).ok());
  ScriptedChooser lose_size(
      [](const Unit& unit) { return Fate{.kind = unit.kind == UnitKind::kSize ? FateKind::kLost : FateKind::kKept}; });
  const std::string expected = std::string(1000, 'o') + std::string(100, 'n') + std::string(7900, 'o');
  EXPECT_EQ(contents(power_loss(disk, NameOrder::kPosix, lose_size), "f"), expected);
}

// Goal: bytes written anew are no longer forgotten. Method: forget twice, truncate to nothing, write and sync again.
// Expectation: all of it survives.
TEST(PowerLoss, RewrittenBytesAreSyncedAgain) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto file = create(fs, "f", "one");
  ASSERT_TRUE(fs.sync_directory("").ok());
  disk.forget(*disk.find("f"));
  ASSERT_TRUE(file->append("two").ok());
  disk.forget(*disk.find("f"));
  ASSERT_TRUE(file->truncate(0).ok());
  ASSERT_TRUE(file->append("ONETWO").ok());
  ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  EXPECT_EQ(contents(lose_all(disk), "f"), "ONETWO");
}

// Goal: each sector fate does what its name says, and only to bytes that were not durable.
// Method: 600 bytes synced, 900 more not; tear the page, give both dirty sectors one fate.
// Expectation: the exact bytes.
TEST(PowerLoss, SectorFates) {
  Disk disk;
  SimFileSystem fs(disk);
  const auto other = create(fs, "other", std::string(4096, 's'));
  ASSERT_TRUE(other->sync(SyncKind::kDataAndSize).ok());
  const auto file = create(fs, "f", std::string(600, 'o'));
  ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(file->append(std::string(900, 'n')).ok());
  const auto image = [&](Fate sector) {
    ScriptedChooser chooser([sector](const Unit& unit) -> Fate {
      if (unit.kind == UnitKind::kPage) return {.kind = FateKind::kTorn};
      return unit.kind == UnitKind::kSector ? sector : Fate{};
    });
    return contents(power_loss(disk, NameOrder::kPosix, chooser), "f");
  };
  const std::string synced(600, 'o');
  const std::string zeros(900, '\0');
  EXPECT_EQ(image({FateKind::kKept}), synced + std::string(900, 'n'));
  EXPECT_EQ(image({FateKind::kLost}), synced + zeros);
  EXPECT_EQ(image({FateKind::kZero}), synced + zeros);
  // Sector 1 ends at 1024: 424 dirty bytes; sector 2 holds the other 476.
  const std::string new10(10, 'n');
  EXPECT_EQ(image({FateKind::kPrefix, 10}), synced + new10 + std::string(414, '\0') + new10 + std::string(466, '\0'));
  EXPECT_EQ(image({FateKind::kSuffix, 10}),
            synced + std::string(10, '\0') + std::string(414, 'n') + std::string(10, '\0') + std::string(466, 'n'));
  const std::string garbage = image({FateKind::kGarbage, 7});
  EXPECT_EQ(garbage.substr(0, 600), synced);
  EXPECT_NE(garbage.substr(600), zeros);
  EXPECT_NE(garbage, image({FateKind::kGarbage, 8}));
  std::set<char> seen;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const std::string stale = image({FateKind::kStale, seed});
    EXPECT_EQ(stale.substr(0, 600), synced);
    seen.insert(stale.begin() + 600, stale.end());
  }
  EXPECT_EQ(seen, (std::set<char>{'\0', 'n', 'o', 's'}));
}

// Goal: a rename's target never vanishes and is never mixed. Method: the CURRENT protocol up to the rename, no
// directory sync, every profile, 200 random images. Expectation: old or new each time; both happen.
TEST(PowerLoss, RenameTargetIsOldOrNew) {
  Disk disk;
  SimFileSystem fs(disk);
  ASSERT_TRUE(create(fs, "CURRENT", "old")->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  ASSERT_TRUE(create(fs, "CURRENT.tmp", "new")->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.rename("CURRENT.tmp", "CURRENT").ok());
  for (const NameOrder order : kOrders) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      RandomChooser chooser{Random(seed)};
      seen.insert(contents(power_loss(disk, order, chooser), "CURRENT"));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"new", "old"}));
  }
}

// Goal: a directory that was never synced into its parent takes its files along, and the way to keep them works.
// Method: a file synced in a synced new directory, with and without a sync of the root. Expectation: gone; there.
TEST(PowerLoss, UnsyncedDirectoryTakesItsFilesAlong) {
  Disk disk;
  SimFileSystem fs(disk);
  ASSERT_TRUE(fs.make_directory("d").ok());
  ASSERT_TRUE(create(fs, "d/f", "bytes")->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(fs.sync_directory("d").ok());
  EXPECT_TRUE(tree(lose_all(disk)).empty());
  EXPECT_EQ(contents(lose_all(disk, NameOrder::kOrdered), "d/f"), "bytes");  // one journal: the first sync commits it
  ASSERT_TRUE(fs.sync_directory("").ok());
  EXPECT_EQ(contents(lose_all(disk), "d/f"), "bytes");
}

// Goal: the death of a process loses nothing and promises nothing. Method: unsynced bytes and names, a nameless open
// file, a lock; kill; then a power loss. Expectation: all visible after the kill, space and lock free, pending still
// pending.
TEST(ProcessKill, KeepsTheVisibleAndThePending) {
  Disk disk;
  SimFileSystem fs(disk);
  const std::uint64_t all = disk.space().available;
  const auto file = create(fs, "f", "bytes");
  const auto nameless = create(fs, "gone", std::string(20000, 'x'));
  ASSERT_TRUE(fs.remove("gone").ok());
  const auto lock = fs.lock("LOCK");
  ASSERT_TRUE(lock.ok());
  Disk killed = process_kill(disk);
  EXPECT_EQ(killed.hash(), disk.hash());
  EXPECT_EQ(killed.space().available, all - kPageBytes);
  EXPECT_TRUE(SimFileSystem(killed).lock("LOCK").ok());
  EXPECT_TRUE(tree(lose_all(killed)).empty());
}

}  // namespace
}  // namespace mylonite::faultfs
