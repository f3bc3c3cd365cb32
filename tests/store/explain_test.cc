// The explanation of a read holds itself to what the read returns.
#include <gtest/gtest.h>

#include <mylonite/faultfs/disk.h>
#include <mylonite/random.h>

#include "core/store/explain.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using faultfs::Disk;
using faultfs::SimFileSystem;

// Goal: an explanation never differs from the read it explains. Method: random writes, deletes, range deletes and
// flushes over few keys; then every key, now and at a snapshot, in the open store and read-only. Expectation: equal
// values; only the last step decides; steps and sources that were not asked add up to all sources.
TEST(Explain, AgreesWithGet) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Disk disk;
    SimFileSystem fs(disk);
    auto store = open_store(fs, small_options());
    Random random(seed);
    auto key = [&] { return "k" + std::to_string(random.below(12)); };
    std::optional<Snapshot> snapshot;
    for (int i = 0; i < 120; ++i) {
      const std::uint64_t choice = random.below(20);
      if (choice == 0) {
        ASSERT_TRUE(store->flush().ok());
      } else if (choice < 4) {
        std::string low = key();
        std::string high = key();
        if (high < low) std::swap(low, high);
        ASSERT_TRUE(store->remove_range(low, high).ok());
      } else if (choice < 8) {
        ASSERT_TRUE(store->remove(key()).ok());
      } else {
        put(*store, key(), std::string(random.below(200), 'v') + std::to_string(i));
      }
      if (i == 60) snapshot.emplace(std::move(*store->snapshot()));
    }
    auto check = [&](Store& from, const ReadOptions& options) {
      for (int i = 0; i < 13; ++i) {
        const std::string name = "k" + std::to_string(i);
        const auto told = from.session().explain(name, options);
        ASSERT_TRUE(told.ok()) << told.error().to_string();
        ASSERT_EQ(told->value, get(from, name, options)) << name << " seed " << seed;
        for (std::size_t step = 0; step < told->steps.size(); ++step) {
          const bool decides = told->steps[step].outcome >= ReadStep::Outcome::kValue;
          ASSERT_TRUE(!decides || step + 1 == told->steps.size());
        }
        ASSERT_EQ(told->value.has_value(), told->steps.back().outcome == ReadStep::Outcome::kValue);
        ASSERT_TRUE(told->sources_not_asked == 0 || told->steps.back().outcome >= ReadStep::Outcome::kValue);
      }
    };
    ASSERT_NO_FATAL_FAILURE(check(*store, {}));
    ASSERT_NO_FATAL_FAILURE(check(*store, snapshot->read()));
    ASSERT_TRUE(store->close().ok());
    EXPECT_EQ(store->session().explain("k1").error().code(), Code::kClosed);
    auto reader = Store::open_read_only(fs, small_options());  // of a store that nobody writes to
    ASSERT_TRUE(reader.ok()) << reader.error().to_string();
    ASSERT_NO_FATAL_FAILURE(check(**reader, {}));
  }
}

}  // namespace
}  // namespace mylonite::testing
