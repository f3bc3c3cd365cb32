#include "core/sst/block.h"

#include <gtest/gtest.h>

#include "tests/support/entries.h"

namespace mylonite {
namespace {

using testing::Entries;

std::string encode(const Entries& entries) {
  BlockBuilder builder;
  for (const auto& [key, value] : entries) builder.add(key, value);
  const std::size_t bytes = builder.bytes();
  std::string payload(builder.finish());
  EXPECT_EQ(bytes, payload.size());
  return payload;
}

std::shared_ptr<const Block> parse(std::string payload) {
  auto block = Block::parse(std::move(payload));
  return block.ok() ? std::make_shared<const Block>(std::move(*block)) : nullptr;
}

// Goal: a block is the sorted map it was built from. Method: random entries of many sizes (one to many restarts), a
// random walk. Expect: the cursor and the map agree at every step, both ways.
TEST(Block, IteratesLikeASortedMap) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Entries model = testing::random_entries(random, 1 + seed * 4, 20);
    const auto block = parse(encode(model));
    ASSERT_TRUE(block);
    BlockIterator cursor(block);
    ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 300)) << "seed " << seed;
  }
}

// Goal: keys and values at their extremes round trip. Method: an empty key, a 64 KiB key, an empty and a 3 MiB value.
// Expect: all come back.
TEST(Block, HoldsExtremes) {
  Entries model;
  model.emplace(internal_key("", kTimestampMin, Kind::kDelete), "");
  model.emplace(internal_key("", kTimestampMax, Kind::kPut), std::string(3 << 20, 'v'));
  model.emplace(internal_key(std::string(64 << 10, '\xff'), Timestamp{5}, Kind::kPut), "");
  model.emplace(internal_key(std::string((64 << 10) - 1, '\xff'), Timestamp{5}, Kind::kPut), "x");
  BlockIterator cursor(parse(encode(model)));
  ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, Random(1), 50));
}

// Touches everything a cursor can reach; every loop is bounded, so a cursor that never ends fails the test.
void use_every_way(const std::shared_ptr<const Block>& block, Random& random) {
  BlockIterator cursor(block);
  std::size_t steps = 0;
  const std::size_t limit = 2 * block->entries().size() + 2;
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    ASSERT_GE(cursor.key().size(), kTrailerBytes);
    ASSERT_LE(std::string(cursor.value()).size(), block->entries().size());  // a copy: it reads every byte
    ASSERT_LT(++steps, limit);
  }
  for (cursor.seek_to_last(); cursor.valid(); cursor.prev()) {
    ASSERT_LE(std::string(cursor.value()).size(), block->entries().size());
    ASSERT_LT(++steps, limit);
  }
  for (int i = 0; i < 20; ++i) {
    cursor.seek(testing::random_internal_key(random, 20));
    if (cursor.valid()) random.chance(1, 2) ? cursor.next() : cursor.prev();
    if (!cursor.status().ok()) {
      ASSERT_FALSE(cursor.valid());
      ASSERT_EQ(cursor.status().error().code(), Code::kCorruption);
    }
  }
}

// Goal: no bytes make the reader misbehave (run it under ASan and UBSan, too). Method: blocks with random bytes
// changed, cut and random bytes alone. Expect: entries or kCorruption; both occur; never a crash or an endless walk.
TEST(Block, SurvivesAnyBytes) {
  Random random(99);
  std::size_t parsed = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string payload;
    if (random.chance(1, 4)) {
      for (std::uint64_t left = random.below(60); left > 0; --left) payload += static_cast<char>(random.below(4));
    } else {
      payload = encode(testing::random_entries(random, random.between(1, 40), 20));
      for (std::uint64_t left = random.below(4); left > 0; --left) {
        payload[random.below(payload.size())] = static_cast<char>(random.next());
      }
      if (random.chance(1, 4)) payload.resize(random.below(payload.size()));
    }
    const auto block = parse(std::move(payload));
    ++(block ? parsed : refused);
    if (block) {
      ASSERT_NO_FATAL_FAILURE(use_every_way(block, random)) << "round " << round;
    }
  }
  EXPECT_GT(parsed, 1000U);
  EXPECT_GT(refused, 1000U);
}

}  // namespace
}  // namespace mylonite
