#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <mylonite/random.h>

#include "core/base/hash.h"

namespace mylonite {
namespace {

std::vector<std::uint64_t> draws(Random random, std::size_t count) {
  std::vector<std::uint64_t> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(random.next());
  return result;
}

// Goal: the stream of a seed is the same on every machine and for ever: recorded scenarios depend on it. Method: the
// algorithm written a second time, from the paper's text. Expect: the same numbers.
TEST(Random, IsXoshiro256StarStarSeededBySplitmix64) {
  const std::uint64_t seed = 42;
  std::array<std::uint64_t, 4> s{};
  for (std::size_t i = 0; i < 4; ++i) s[i] = mix64(seed + (i + 1) * 0x9e3779b97f4a7c15ULL);
  const auto rotate = [](std::uint64_t x, unsigned by) { return (x << by) + (x >> (64 - by)); };
  for (std::uint64_t drawn : draws(Random(seed), 1000)) {
    ASSERT_EQ(drawn, rotate(s[1] * 5, 7) * 9);
    const std::uint64_t shifted = s[1] << 17;
    s = {s[0] ^ s[3] ^ s[1], s[1] ^ s[2] ^ s[0], s[2] ^ s[0] ^ shifted, rotate(s[3] ^ s[1], 45)};
  }
}

// Goal: below and between stay within their bounds and reach every value. Method: many draws from small ranges; the
// extreme bounds. Expect: each value met, roughly equally often; nothing outside.
TEST(Random, BoundsAreKeptAndReached) {
  Random random(5);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) {
    const std::uint64_t value = random.between(10, 16);
    ASSERT_GE(value, 10U);
    ASSERT_LE(value, 16U);
    ++counts[value - 10];
  }
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(random.below(1), 0U);
  std::uint64_t high_half = 0;
  for (int i = 0; i < 1000; ++i) high_half += random.between(0, UINT64_MAX) >> 63;
  EXPECT_GT(high_half, 400U);
  EXPECT_LT(high_half, 600U);
}

// Goal: chance is the stated share. Method: 3 in 10, often; never and always. Expect: about 30 %, 0 and 100 %.
TEST(Random, ChanceIsTheShare) {
  Random random(6);
  int hits = 0;
  for (int i = 0; i < 100000; ++i) hits += random.chance(3, 10) ? 1 : 0;
  EXPECT_NEAR(hits, 30000, 800);
  EXPECT_FALSE(random.chance(0, 5));
  EXPECT_TRUE(random.chance(5, 5));
}

// Goal: a split stream depends on the seed and the name alone. Method: split before and after drawing; other names,
// other indexes, other seeds. Expect: the same stream; different streams.
TEST(Random, SplitsDependOnSeedAndNameOnly) {
  Random random(7);
  const auto before = draws(random.split("disk"), 10);
  for (int i = 0; i < 5; ++i) random.next();
  EXPECT_EQ(draws(random.split("disk"), 10), before);
  EXPECT_NE(draws(random.split("clock"), 10), before);
  EXPECT_NE(draws(Random(8).split("disk"), 10), before);
  EXPECT_NE(draws(random.split(0), 10), draws(random.split(1), 10));
  EXPECT_NE(draws(random.split(0), 10), draws(Random(7), 10));
}

}  // namespace
}  // namespace mylonite
