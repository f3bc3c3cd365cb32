// How much of the table files a range of keys takes.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/store/internals.h"
#include "core/version/version.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

std::string key_of(std::uint64_t i) { return "key" + std::to_string(10000 + i); }

std::uint64_t file_bytes(const Store& store) {
  std::uint64_t bytes = 0;
  for (const TableInfo* table : StoreInternals::version(store)->tables()) bytes += table->file_bytes;
  return bytes;
}

std::uint64_t size_of(Store& store, const KeyBounds& bounds) {
  const auto size = store.approximate_size(bounds);
  EXPECT_TRUE(size.ok()) << size.error().to_string();
  return size.value_or(UINT64_MAX);
}

// Keys 0 to 999 (every third in a second round) with values of 80 bytes, in the tables of two flushes.
std::unique_ptr<Store> filled_store(vfs::FileSystem& fs, Options options) {
  options.compression = "none";
  options.compaction_policy = "none";
  options.memtable_max_bytes = 1 << 20;
  auto store = open_store(fs, options);
  for (const std::uint64_t step : {1U, 3U}) {
    for (std::uint64_t i = 0; i < 1000; i += step) put(*store, key_of(i), std::string(80, 'v'));
    EXPECT_TRUE(store->flush().ok());
  }
  return store;
}

class ApproximateSize : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, ApproximateSize, ::testing::Bool(), disk_name);

// Goal: the size is that of the files. Method: keys in memory; then in tables: no bounds, parts of many sizes, a range
// of known entries, ranges that are empty or beside all tables; the same after opening for reading only. Expectation: 0
// in memory, for empty ranges and beside all tables; all is the files' bytes; parts have its sum; the known entries'
// bytes within two blocks a table.
TEST_P(ApproximateSize, IsThatOfTheFiles) {
  {
    const auto store = open_store(disk_.fs(), options_);
    put(*store, "in memory", "v");
    EXPECT_EQ(size_of(*store, {}), 0U);
    ASSERT_TRUE(store->close().ok());
  }
  options_.data_dir = "filled";
  {
    const auto store = filled_store(disk_.fs(), options_);
    ASSERT_TRUE(store->close().ok());
    EXPECT_EQ(store->approximate_size({}).error().code(), Code::kClosed);
  }
  for (const bool read_only : {false, true}) {
    options_.compaction_policy = "none";
    auto opened = read_only ? Store::open_read_only(disk_.fs(), options_) : Store::open(disk_.fs(), options_);
    ASSERT_TRUE(opened.ok());
    Store& store = **opened;
    const std::uint64_t all_bytes = file_bytes(store);
    EXPECT_GT(all_bytes, 100'000U);
    EXPECT_EQ(size_of(store, {}), all_bytes);
    EXPECT_EQ(size_of(store, {.low = key_of(0), .high = key_of(1000)}), all_bytes);
    EXPECT_EQ(size_of(store, {.low = "a", .high = "b"}), 0U);
    EXPECT_EQ(size_of(store, {.low = "z", .high = std::nullopt}), 0U);
    EXPECT_EQ(size_of(store, {.low = key_of(5), .high = key_of(5)}), 0U);
    EXPECT_EQ(size_of(store, {.low = key_of(6), .high = key_of(5)}), 0U);
    for (const std::uint64_t part : {1U, 7U, 100U}) {
      std::uint64_t sum = 0;
      for (std::uint64_t i = 0; i < 1000; i += part) {
        sum += size_of(store, {.low = key_of(i), .high = key_of(i + part)});
      }
      EXPECT_EQ(sum, all_bytes) << part;
    }
    EXPECT_EQ(store.session().approximate_size({}).value(), all_bytes);
  }
}

// Goal: within two blocks a table of the exact bytes. Method: one flush into one table without compression; each range
// of keys that are multiples of 50, against the share of the data that its entries are. Expectation: closer than two
// blocks; a block may pass its target by an entry.
TEST_P(ApproximateSize, IsWithinTwoBlocksATable) {
  options_.compression = "none";
  options_.compaction_policy = "none";
  options_.memtable_max_bytes = 1 << 20;
  options_.sstable_max_bytes = 1 << 20;
  const auto store = open_store(disk_.fs(), options_);
  for (std::uint64_t i = 0; i <= 1000; ++i) put(*store, key_of(i), std::string(80, 'v'));
  ASSERT_TRUE(store->flush().ok());
  ASSERT_EQ(StoreInternals::version(*store)->tables().size(), 1U);
  const std::uint64_t data = size_of(*store, {.low = "", .high = key_of(1000)});
  const std::uint64_t block = options_.block_bytes + 120;
  for (std::uint64_t low = 0; low < 1000; low += 50) {
    for (std::uint64_t high = low + 50; high < 1000; high += 50) {
      const std::uint64_t exact = data * (high - low) / 1000;
      const std::uint64_t size = size_of(*store, {.low = key_of(low), .high = key_of(high)});
      EXPECT_LE(std::max(size, exact) - std::min(size, exact), 2 * block) << low << " to " << high;
    }
  }
}

// Goal: a wider range is never smaller. Method: any four keys in order, the inner two against the outer two, on a store
// with two rounds of tables and a range delete. Expectation: inner at most outer, and the three parts have its sum.
TEST(ApproximateSizeProperty, IsMonotoneAndAdditive) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  const auto store = filled_store(fs, small_options());
  ASSERT_TRUE(store->remove_range(key_of(300), key_of(1200)).ok());
  ASSERT_TRUE(store->flush().ok());
  EXPECT_TRUE(rc::check([&] {
    auto numbers = *rc::gen::container<std::vector<std::uint64_t>>(4, rc::gen::inRange<std::uint64_t>(0, 1300));
    std::ranges::sort(numbers);
    const auto size = [&](std::size_t low, std::size_t high) {
      return size_of(*store, {.low = key_of(numbers.at(low)), .high = key_of(numbers.at(high))});
    };
    RC_ASSERT(size(1, 2) <= size(0, 3));
    RC_ASSERT(size(0, 1) + size(1, 2) + size(2, 3) == size(0, 3));
  }));
}

}  // namespace
}  // namespace mylonite::testing
