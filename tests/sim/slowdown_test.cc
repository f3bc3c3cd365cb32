// Writers that are slowed down, in virtual time: how long they sleep, and what ends a sleep.
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/store.h>

#include "sim/machine/scheduler.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

// Never merges, and presses from one run of level 0 on.
CompactionPolicy pressing() {
  return {.name = "pressing", .what = "presses and never merges", .rank = [](const PolicyView&) {
            return Ranking{.expired = ExpiredTombstones::kIgnored, .pressure = PressureLimits{.slowdown_runs = 1}};
          }};
}

Options slow_options(std::uint64_t bytes_per_second) {
  Options options;
  options.data_dir = "db";
  options.compaction_policy = "pressing";
  options.compression = "none";
  options.memtable_max_bytes = 64ULL << 20;
  options.write_slowdown_bytes_per_second = bytes_per_second;
  return options;
}

// Runs the program on fibers over an open store.
void on_store(const Options& options, const std::function<void(Store&)>& program) {
  StackPool stacks;
  VirtualClock clock(17'671'392'000'000'000ULL);
  Trace trace;
  DefaultSchedule strategy;
  faultfs::Disk disk;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
  const RunOutcome ran = scheduler.run([&] {
    faultfs::SimFileSystem fs(disk);
    StoreComponents components;
    components.compaction_policies.push_back(pressing());
    auto store = Store::open(fs, options, components);
    ASSERT_TRUE(store.ok()) << store.error().to_string();
    program(**store);
    EXPECT_TRUE((*store)->close().ok());
  });
  EXPECT_EQ(ran.end, RunEnd::kFinished);
}

// Virtual time that so many bytes take, in writes of 16 KiB.
std::uint64_t ns_to_write(Store& store, std::uint64_t bytes) {
  const std::uint64_t from = rt::monotonic_ns();
  for (std::uint64_t written = 0; written < bytes; written += 16 << 10) {
    EXPECT_TRUE(store.put("key" + std::to_string(written), std::string(16 << 10, 'v')).ok());
  }
  return rt::monotonic_ns() - from;
}

StoreStats::Stall slowdowns(const Store& store) {
  return store.stats().stalls[static_cast<std::size_t>(StallCause::kSlowdown)];
}

// Goal: bytes that were logged before the pressure are not paid for. Method: 8 MiB without pressure, a flush that
// brings it, then 2 MiB; 1 MiB a second. Expectation: no sleep before; then 2 seconds in all, in sleeps of a tenth at
// most.
TEST(SlowdownTest, PacesWhatIsLoggedUnderPressure) {
  on_store(slow_options(1 << 20), [](Store& store) {
    EXPECT_LT(ns_to_write(store, 8 << 20), kSecond / 10);
    EXPECT_EQ(slowdowns(store).count, 0U);
    ASSERT_TRUE(store.flush().ok());
    const std::uint64_t first = ns_to_write(store, 96 << 10);
    EXPECT_LT(first, kSecond / 5);
    EXPECT_GE(slowdowns(store).count, 1U);
    const std::uint64_t all = first + ns_to_write(store, (2 << 20) - (96 << 10));
    EXPECT_GT(all, kSecond * 17 / 10);
    EXPECT_LT(all, kSecond * 22 / 10);
    EXPECT_GE(slowdowns(store).ns, kSecond * 17 / 10);
    EXPECT_LE(slowdowns(store).ns, all);
  });
}

// Goal: a sleep ends with the pressure, and is bounded without. Method: at 1 KiB a second a large value, then a write;
// alone, and beside a merge of level 0 that is asked for meanwhile. Expectation: a second alone, less with the merge.
TEST(SlowdownTest, EndsWithThePressure) {
  for (const bool relieved : {false, true}) {
    on_store(slow_options(1024), [&](Store& store) {
      ASSERT_TRUE(store.put("first", "value").ok());
      ASSERT_TRUE(store.flush().ok());
      ASSERT_TRUE(store.put("large", std::string(1 << 20, 'v')).ok());
      std::uint64_t slept = 0;
      {
        const rt::Thread writer("writer", [&] {
          const std::uint64_t from = rt::monotonic_ns();
          EXPECT_TRUE(store.put("small", "value").ok());
          slept = rt::monotonic_ns() - from;
        });
        rt::sleep_until(rt::monotonic_ns() + kSecond / 10);
        if (relieved) {
          EXPECT_TRUE(store.compact_level(0).ok());
        }
      }
      if (relieved) {
        EXPECT_GE(slept, kSecond / 10);
        EXPECT_LT(slept, kSecond / 2);
      } else {
        EXPECT_GE(slept, kSecond);
        EXPECT_LT(slept, kSecond * 11 / 10);
      }
    });
  }
}

// Goal: close() waits for no sleep. Method: close while a writer sleeps. Expectation: the write is done or told that
// the store closes, well before its second is over.
TEST(SlowdownTest, EndsWithTheStore) {
  on_store(slow_options(1024), [](Store& store) {
    ASSERT_TRUE(store.put("first", "value").ok());
    ASSERT_TRUE(store.flush().ok());
    ASSERT_TRUE(store.put("large", std::string(1 << 20, 'v')).ok());
    const std::uint64_t from = rt::monotonic_ns();
    const rt::Thread writer("writer", [&] {
      const auto put = store.put("small", "value");
      EXPECT_TRUE(put.ok() || put.error().code() == Code::kClosed);
    });
    rt::sleep_until(from + kSecond / 10);
    EXPECT_TRUE(store.close().ok());
    EXPECT_LT(rt::monotonic_ns() - from, kSecond / 2);
  });
}

}  // namespace
}  // namespace mylonite::sim
