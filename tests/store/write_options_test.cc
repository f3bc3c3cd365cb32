// Whether a write is synced, one write at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <mylonite/faultfs/crash.h>

#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

class WriteSync : public OnEachDisk {
 protected:
  static std::uint64_t syncs(const Store& store) { return store.stats().wal_syncs; }
};
INSTANTIATE_TEST_SUITE_P(Disks, WriteSync, ::testing::Bool(), disk_name);

// Goal: each write is synced as its own options say, else as the store's. Method: every way to write with sync true,
// false and empty, on a store that syncs and one that does not; an empty batch. Expectation: one sync, none, or the
// store's; an empty batch is synced only on demand.
TEST_P(WriteSync, EachWriteSaysForItself) {
  for (const bool by_default : {true, false}) {
    options_.data_dir = by_default ? "syncing" : "lazy";
    options_.wal_flush_every_write = by_default;
    const auto store = open_store(disk_.fs(), options_);
    for (const std::optional<bool> sync : {std::optional<bool>(), std::optional(true), std::optional(false)}) {
      const std::uint64_t expected = sync.value_or(by_default) ? 1 : 0;
      const WriteOptions how{.sync = sync};
      std::uint64_t before = syncs(*store);
      ASSERT_TRUE(store->put("a", "1", how).ok());
      EXPECT_EQ(syncs(*store) - before, expected);
      before = syncs(*store);
      ASSERT_TRUE(store->remove("a", how).ok());
      EXPECT_EQ(syncs(*store) - before, expected);
      before = syncs(*store);
      ASSERT_TRUE(store->remove_range("a", "b", how).ok());
      EXPECT_EQ(syncs(*store) - before, expected);
      before = syncs(*store);
      ASSERT_TRUE(store->write({}, how).ok());
      EXPECT_EQ(syncs(*store) - before, sync.value_or(false) ? 1U : 0U);
    }
    ASSERT_TRUE(store->close().ok());
  }
}

// The keys after a power loss that keeps nothing but what is durable.
std::set<std::string> keys_after_power_loss(const faultfs::Disk& disk, const Options& options) {
  KeepNothing keep_nothing;
  faultfs::Disk after = faultfs::power_loss(disk, faultfs::NameOrder::kPosix, keep_nothing);
  faultfs::SimFileSystem fs(after);
  const auto store = open_store(fs, options);
  std::set<std::string> keys;
  for (const auto& [key, value] : all(*store)) keys.insert(key);
  return keys;
}

// Goal: a synced write is durable on return with all before it, others are not. Method: writes with and without sync,
// on either default, through log rolls and flushes; after each a power loss that keeps nothing else. Expectation: what
// stood before the newest synced write is there, and the newest unsynced write is not.
TEST(WriteSyncPowerLoss, SyncedOnReturnWithAllBeforeIt) {
  for (const bool by_default : {true, false}) {
    sim::VirtualClock clock(1'000'000);
    faultfs::Disk disk;
    faultfs::SimFileSystem fs(disk);
    Options options = small_options();
    options.wal_flush_every_write = by_default;
    run_simulated(clock, [&] {
      const auto store = open_store(fs, options);
      std::set<std::string> written;
      std::set<std::string> durable;
      for (int i = 0; i < 60; ++i) {
        const std::string key = "key" + std::to_string(100 + i);
        const bool sync = i % 7 == 3;
        ASSERT_TRUE(store->put(key, std::string(400, 'x'), {.sync = sync}).ok());
        written.insert(key);
        if (sync) durable = written;
        const std::set<std::string> kept = keys_after_power_loss(disk, options);
        EXPECT_TRUE(std::ranges::includes(kept, durable)) << "after " << key;
        EXPECT_TRUE(std::ranges::includes(written, kept)) << "after " << key;
        EXPECT_EQ(kept.contains(key), sync) << key;
      }
    });
  }
}

// Goal: a group is synced if one of it asks. Method: on simulated threads four writers at once, one of which syncs,
// many rounds; a power loss that keeps nothing else when that one's write has returned. Expectation: it is there each
// time.
TEST(WriteSyncPowerLoss, OneOfAGroup) {
  sim::VirtualClock clock(1'000'000);
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  Options options = small_options();
  options.wal_flush_every_write = false;
  run_simulated(clock, [&] {
    const auto store = open_store(fs, options);
    for (int round = 0; round < 20; ++round) {
      std::vector<rt::Thread> writers;
      for (int i = 0; i < 4; ++i) {
        writers.emplace_back("writer", [&, i] {
          const std::string key = std::to_string(round) + "/" + std::to_string(i);
          EXPECT_TRUE(store->put(key, "v", {.sync = i == round % 4}).ok());
          if (i != round % 4) return;
          EXPECT_TRUE(keys_after_power_loss(disk, options).contains(key)) << key;
        });
      }
      writers.clear();
    }
  });
}

}  // namespace
}  // namespace mylonite::testing
