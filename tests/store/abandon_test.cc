// Store::abandon: a store that ends as if its process were killed.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/faultfs/interceptor.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

class Abandon : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, Abandon, ::testing::Bool(), disk_name);

// Goal: an abandoned store is recovered. Method: writes with sync and without, in memory and in tables; abandoned with
// a session, an iterator and a snapshot at hand; every call afterwards; opened again. Expectation: kClosed throughout;
// the next open replays logs, finds no clean close, and all that was acknowledged.
TEST_P(Abandon, IsRecovered) {
  options_.wal_flush_every_write = false;
  auto store = open_store(disk_.fs(), options_);
  for (int i = 0; i < 50; ++i) put(*store, "key" + std::to_string(i), std::string(200, 'v'));
  ASSERT_TRUE(store->put("synced", "v", {.sync = true}).ok());
  Session session = store->session();
  const auto cursor = session.iterator().value();
  cursor->seek_to_first();
  const auto snapshot = store->snapshot().value();
  store->abandon();
  store->abandon();
  EXPECT_EQ(store->put("late", "v").error().code(), Code::kClosed);
  EXPECT_EQ(store->get("key1").error().code(), Code::kClosed);
  EXPECT_EQ(store->sync().error().code(), Code::kClosed);
  EXPECT_EQ(store->flush().error().code(), Code::kClosed);
  EXPECT_EQ(store->compact_range({}).error().code(), Code::kClosed);
  EXPECT_EQ(store->set_compaction_policy("tier").error().code(), Code::kClosed);
  EXPECT_EQ(store->snapshot().error().code(), Code::kClosed);
  EXPECT_EQ(store->close().error().code(), Code::kClosed);
  EXPECT_FALSE(cursor->valid());
  EXPECT_EQ(cursor->status().error().code(), Code::kClosed);
  const auto next = open_store(disk_.fs(), options_);  // beside the abandoned one
  store.reset();
  ASSERT_NE(next, nullptr);
  EXPECT_FALSE(next->recovery().clean_close);
  EXPECT_GT(next->recovery().logs, 0U);
  EXPECT_EQ(all(*next).size(), 51U);
  ASSERT_TRUE(next->close().ok());
  next->abandon();
  EXPECT_TRUE(next->close().ok());
}

// Goal: abandoning among writers, flushes and merges loses nothing and leaves nobody waiting. Method: four writers
// until they are told kClosed, three threads that merge; abandoned at some moment; then one that is read only.
// Expectation: only kClosed; every acknowledged key is there after the next open.
TEST_P(Abandon, AmongWriters) {
  options_.level0_compact_runs = 2;
  options_.compaction_threads = 3;
  for (int round = 0; round < 5; ++round) {
    options_.wal_flush_every_write = round % 2 == 0;
    std::atomic<int> written{0};
    std::vector<std::vector<std::string>> acknowledged(4);
    {
      const auto store = open_store(disk_.fs(), options_);
      std::vector<rt::Thread> writers;
      for (std::size_t writer = 0; writer < 4; ++writer) {
        writers.emplace_back("writer", [&, writer] {
          for (int i = 0;; ++i) {
            const std::string key = std::to_string(round) + "/" + std::to_string(writer) + "/" + std::to_string(i);
            const auto done = store->put(key, std::string(150, 'v'));
            if (!done.ok()) {
              EXPECT_EQ(done.error().code(), Code::kClosed) << done.error().to_string();
              return;
            }
            acknowledged[writer].push_back(key);
            ++written;
          }
        });
      }
      while (written < 100) rt::sleep_until(rt::monotonic_ns() + 100'000);
      store->abandon();
    }
    const auto store = open_store(disk_.fs(), options_);
    for (const auto& keys : acknowledged) {
      for (const std::string& key : keys) EXPECT_TRUE(get(*store, key)) << key;
    }
    ASSERT_TRUE(store->close().ok());
    const auto reading = Store::open_read_only(disk_.fs(), options_);
    (*reading)->abandon();
    EXPECT_EQ((*reading)->get("k").error().code(), Code::kClosed);
  }
}

// Goal: nothing touches the disk any more. Method: a store with a full memtable, merges and an unsynced log, on
// simulated threads; the calls that change the disk are counted from the return of abandon() on, over the destructor.
// Expectation: none, and the lock is free.
TEST(AbandonedStore, WritesNothingMore) {
  class Counting final : public faultfs::Interceptor {
   public:
    faultfs::Verdict before(const faultfs::Call& call) override {
      if (faultfs::kChangingCalls.contains(call.kind)) ++changes;
      return {};
    }
    void after(const faultfs::Call&, const faultfs::CallResult&) override {}
    std::uint64_t changes = 0;
  } counting;
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk, &counting);
  sim::VirtualClock clock(1'000);
  run_simulated(clock, [&] {
    Options options = small_options();
    options.wal_flush_every_write = false;
    options.level0_compact_runs = 2;
    auto store = open_store(fs, options);
    for (int i = 0; i < 200; ++i) put(*store, "key" + std::to_string(i), std::string(100, 'v'));
    store->abandon();
    const std::uint64_t before = counting.changes;
    EXPECT_EQ(store->close().error().code(), Code::kClosed);
    store.reset();
    EXPECT_EQ(counting.changes, before);
    EXPECT_EQ(all(*open_store(fs, options)).size(), 200U);
  });
}

}  // namespace
}  // namespace mylonite::testing
