#include "core/sst/block_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include <mylonite/random.h>

#include "core/format/internal_key.h"
#include "tests/sst/table_fixture.h"

namespace mylonite {
namespace {

std::shared_ptr<const Block> block_of(std::string_view name, std::size_t value_bytes) {
  BlockBuilder builder;
  builder.add(internal_key(name, {1}, Kind::kPut), std::string(value_bytes, 'v'));
  auto block = Block::parse(std::string(builder.finish()));
  EXPECT_TRUE(block.ok());
  return std::make_shared<const Block>(std::move(*block));
}

std::uint64_t cost_of(const Block& block) { return block.bytes() + BlockCache::kOverheadBytes; }

// Goal: what was put in is found, in its own table's slot and nowhere else. Method: two tables, the same block numbers.
// Expect: each finds its own; a table that ends and one that begins anew in its place share nothing; counters tell.
TEST(BlockCache, ServesATableItsOwnBlocks) {
  BlockCache cache(1 << 20);
  auto a = std::make_optional<CachedBlocks>(cache, 4);
  CachedBlocks b(cache, 4);
  EXPECT_EQ(a->find(2), nullptr);
  const auto of_a = block_of("a", 100);
  const auto of_b = block_of("b", 200);
  EXPECT_EQ(a->insert(2, of_a), of_a);
  EXPECT_EQ(b.find(2), nullptr);
  EXPECT_EQ(b.insert(2, of_b), of_b);
  EXPECT_EQ(a->find(2), of_a);
  EXPECT_EQ(b.find(2), of_b);
  EXPECT_EQ(a->insert(2, block_of("late", 10)), of_a) << "the first that was put there is used by all";
  EXPECT_EQ(cache.bytes(), cost_of(*of_a) + cost_of(*of_b));
  EXPECT_EQ(cache.counters().hits, 2U);
  EXPECT_EQ(cache.counters().misses, 2U);

  a.reset();
  EXPECT_EQ(cache.bytes(), cost_of(*of_b));
  a.emplace(cache, 4);
  EXPECT_EQ(a->find(2), nullptr);
  EXPECT_EQ(b.find(2), of_b);
}

// Goal: the budget holds at every moment, and what the cache says is what it holds. Method: random inserts, finds, and
// ends of tables against a model of what could be there, for budgets of one shard and of several. Expect: never above
// the budget; every block found is the one that was put there; the bytes are those of the blocks that can be found.
TEST(BlockCache, KeepsItsBudget) {
  for (std::uint64_t budget : {2000ULL, 40000ULL, 9ULL << 20}) {
    Random random(budget);
    BlockCache cache(budget);
    constexpr std::size_t kTables = 5;
    constexpr std::size_t kBlocks = 40;
    std::array<std::optional<CachedBlocks>, kTables> tables;
    std::array<std::map<std::size_t, std::shared_ptr<const Block>>, kTables> put;
    for (auto& table : tables) table.emplace(cache, kBlocks);
    const std::size_t size_max = budget < 100000 ? 900 : 200000;
    for (int step = 0; step < 4000; ++step) {
      const std::size_t t = random.below(kTables);
      const std::size_t i = random.below(kBlocks);
      if (random.chance(1, 200)) {
        tables[t].emplace(cache, kBlocks);
        put[t].clear();
      }
      const auto found = tables[t]->find(i);
      if (found != nullptr) {
        ASSERT_EQ(found, put[t].at(i));
      } else {
        put[t][i] = block_of("k", random.below(size_max));
        ASSERT_EQ(tables[t]->insert(i, put[t][i]), put[t][i]);
      }
      ASSERT_LE(cache.bytes(), budget);
    }
    std::uint64_t bytes = 0;
    for (std::size_t t = 0; t < kTables; ++t) {
      for (std::size_t i = 0; i < kBlocks; ++i) {
        if (const auto found = tables[t]->find(i)) bytes += cost_of(*found);
      }
    }
    EXPECT_EQ(cache.bytes(), bytes);
    EXPECT_GT(bytes, budget / 3);
    EXPECT_GT(cache.counters().evictions, 100U);
    for (auto& table : tables) table.reset();
    EXPECT_EQ(cache.bytes(), 0U);
  }
}

// Goal: what is asked for again survives what is not. Method: a cache of ten blocks, two of them asked for between
// every insert of a long scan. Expect: the two are always there.
TEST(BlockCache, KeepsWhatIsUsed) {
  const std::uint64_t one = cost_of(*block_of("k", 100));
  BlockCache cache(10 * one);
  CachedBlocks table(cache, 200);
  table.insert(0, block_of("k", 100));
  table.insert(1, block_of("k", 100));
  for (std::size_t i = 2; i < 200; ++i) {
    ASSERT_NE(table.find(0), nullptr) << i;
    ASSERT_NE(table.find(1), nullptr) << i;
    table.insert(i, block_of("k", 100));
  }
  EXPECT_EQ(cache.counters().evictions, 190U);
  EXPECT_EQ(cache.bytes(), 10 * one);
}

// Goal: a cache of 0 bytes, and a block that is too large, keep nothing, and the block is used all the same.
TEST(BlockCache, KeepsNothingItHasNoRoomFor) {
  BlockCache none(0);
  CachedBlocks of_none(none, 4);
  const auto block = block_of("k", 100);
  EXPECT_EQ(of_none.insert(1, block), block);
  EXPECT_EQ(of_none.find(1), nullptr);
  EXPECT_EQ(none.bytes(), 0U);
  EXPECT_EQ(of_none.bytes(), 0U);
  EXPECT_EQ(none.counters().misses, 1U);

  BlockCache small(1000);
  CachedBlocks of_small(small, 4);
  of_small.insert(0, block);
  const auto large = block_of("k", 1000);
  EXPECT_EQ(of_small.insert(1, large), large);
  EXPECT_EQ(of_small.find(1), nullptr);
  EXPECT_EQ(of_small.find(0), block) << "nothing is evicted in vain";
}

// Goal: tables read through the cache, merges and verify beside it. Method: a table read twice by get and by cursors of
// both uses, reads of the file counted. Expect: the second reading needs no file; bypassing leaves the cache alone.
TEST(BlockCache, SavesReadsOfTables) {
  Random random(5);
  const testing::Entries model = testing::random_entries(random, 300, 5);
  const auto table = testing::build_table(model, {.table = {7}, .block_bytes = 128, .compression = Codec::kLz4});
  const auto world = std::make_shared<testing::TableWorld>();
  const auto reader = testing::open_table_in(world, table);
  const BlockCache& cache = world->environment.blocks;
  const auto read_all = [&](CacheUse use) {
    const auto cursor = reader->iterator(use);
    auto place = model.begin();
    for (cursor->seek_to_first(); cursor->valid(); cursor->next(), ++place) EXPECT_EQ(cursor->value(), place->second);
    EXPECT_EQ(place, model.end());
  };
  read_all(CacheUse::kBypass);
  EXPECT_TRUE(reader->verify().ok());
  EXPECT_EQ(cache.bytes(), 0U);
  EXPECT_EQ(cache.counters().misses, 0U);
  read_all(CacheUse::kFill);
  const std::size_t reads = table.content->reads;
  const std::uint64_t bytes = cache.bytes();
  EXPECT_GT(bytes, 0U);
  read_all(CacheUse::kFill);
  for (const auto& [key, value] : model) {
    const ParsedKey parsed = parse_internal_key(key);
    const auto newest = testing::newest(model, parsed.user_key, parsed.at);
    ASSERT_EQ((*reader->get(parsed.user_key, parsed.at))->value, newest->second);
  }
  EXPECT_EQ(table.content->reads, reads);
  EXPECT_EQ(cache.bytes(), bytes);
  EXPECT_GT(cache.counters().hits, model.size());
}

// Goal: tables of one number and equal shape never see one another's blocks. Method: 7 is opened, read, closed; another
// table takes the file's place and is opened as 7; the first is opened again beside it under another name, with the
// same id inside. Expect: each answers its own values.
TEST(BlockCache, NeverServesAnotherTable) {
  const auto world = std::make_shared<testing::TableWorld>();
  const std::string key = internal_key("key", {1}, Kind::kPut);
  const auto first = testing::build_table({{key, "first"}}, {.table = {7}});
  auto second = testing::build_table({{key, "other"}}, {.table = {7}});
  EXPECT_EQ(first.info.file_bytes, second.info.file_bytes);
  auto reader = testing::open_table_in(world, first);
  EXPECT_EQ((*reader->get("key", {1}))->value, "first");
  reader.reset();
  EXPECT_EQ(world->environment.blocks.bytes(), 0U);
  reader = testing::open_table_in(world, second);
  EXPECT_EQ((*reader->get("key", {1}))->value, "other");
  auto renamed = first;
  renamed.info.number = {8};
  const auto beside = testing::open_table_in(world, renamed);
  EXPECT_EQ((*beside->get("key", {1}))->value, "first");
  EXPECT_EQ((*reader->get("key", {1}))->value, "other");
  EXPECT_TRUE(beside->verify().ok());
}

}  // namespace
}  // namespace mylonite
