// Real threads over tables that share caches far too small for them: for the thread sanitizer, and for what simulated
// schedules cannot show (weak memory).
#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "core/rt/rt.h"
#include "core/sst/run_iterator.h"
#include "tests/sst/table_fixture.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kTables = 6;
constexpr std::uint64_t kKeys = 300;

std::string key_of(std::uint64_t i) { return "key" + std::to_string(1000 + i); }
std::string value_of(std::uint64_t table, std::uint64_t i) {
  return std::to_string(table) + ":" + std::to_string(i) + std::string(i % 90, 'v');
}

testing::BuiltTable table_of(std::uint64_t number, Codec codec) {
  testing::Entries entries;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    entries.emplace(internal_key(key_of(i), {1}, Kind::kPut), value_of(number, i));
  }
  const RangeTombstones ranges(std::vector<RangeTombstone>{{.low = "x", .high = "y", .at = {number}}});
  return testing::build_table(entries, {.table = {number}, .block_bytes = 512, .compression = codec}, ranges);
}

// Asks shared and own readers of every table, at random. False at the first wrong answer.
bool read_some(const std::shared_ptr<testing::TableWorld>& world, const TableList& shared,
               const std::vector<TableInfo>& infos, Random random) {
  std::shared_ptr<const TableReader> own;
  for (int step = 0; step < 1500; ++step) {
    const std::uint64_t t = random.below(kTables);
    if (random.chance(1, 50) || own == nullptr) {
      auto opened = TableReader::open(testing::environment_of(world), infos[t]);
      if (!opened.ok()) return false;
      own = *opened;
    }
    const TableReader& reader = random.chance(1, 4) ? *own : *shared[t];
    const std::uint64_t number = reader.info().number.value;
    const std::uint64_t i = random.below(kKeys);
    const auto found = reader.get(key_of(i), kTimestampMax);
    if (!found.ok() || !found->has_value() || (*found)->value != value_of(number, i)) return false;
    const auto ranges = reader.range_tombstones();
    if (!ranges.ok() || (*ranges)->newest_covering("x", kTimestampMax) != Timestamp{number}) return false;
    if (!random.chance(1, 100)) continue;
    const auto cursor = reader.iterator(random.chance(1, 2) ? CacheUse::kFill : CacheUse::kBypass);
    std::uint64_t count = 0;
    for (cursor->seek_to_first(); cursor->valid(); cursor->next()) {
      if (cursor->value() != value_of(number, count++)) return false;
    }
    if (count != kKeys) return false;
  }
  return true;
}

// Goal: caches shared by threads never give a wrong block or pass their bounds. Method: four threads read six tables
// of three codecs, open and drop readers of their own, through a block cache of a few blocks and a file cache of two,
// while one looks at the bounds; once more with a cache of several shards. Expect: right answers only.
TEST(BlockCacheStress, ThreadsShareTheCaches) {
  for (std::uint64_t budget : {std::uint64_t{6000}, std::uint64_t{9} << 20}) {
    Options options;
    options.block_cache_bytes = budget;
    options.open_files_max = 2;
    const auto world = std::make_shared<testing::TableWorld>(options);
    TableList shared;
    std::vector<TableInfo> infos;
    for (std::uint64_t number = 1; number <= kTables; ++number) {
      const auto table = table_of(number, static_cast<Codec>(number % 3));
      shared.push_back(testing::open_table_in(world, table));
      infos.push_back(table.info);
    }
    std::atomic<int> wrong = 0;
    std::atomic<int> running = 4;
    {
      std::array<rt::Thread, 4> threads;
      for (std::uint64_t n = 0; n < threads.size(); ++n) {
        threads[n] = rt::Thread("reader", [&, n] {
          wrong += read_some(world, shared, infos, Random(n + budget)) ? 0 : 1;
          --running;
        });
      }
      while (running > 0) {
        wrong += world->environment.blocks.bytes() <= budget ? 0 : 1;
        wrong += world->environment.files.files() <= 2 ? 0 : 1;
        rt::sleep_until(rt::monotonic_ns() + 100'000);
      }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(world->environment.blocks.counters().hits, 0U);
    shared.clear();
    EXPECT_EQ(world->environment.blocks.bytes(), 0U);
    EXPECT_EQ(world->environment.metadata_bytes, 0U);
  }
}

}  // namespace
}  // namespace mylonite
