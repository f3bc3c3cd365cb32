// Range deletes of several sources, looked at without putting them together.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <mylonite/random.h>

#include "core/format/range_cover.h"

namespace mylonite {
namespace {

std::string key_of(std::uint64_t i) { return std::string(1, static_cast<char>('a' + i)); }

RangeTombstone some_range(Random& random, std::uint64_t at) {
  return {.low = key_of(random.below(20)), .high = key_of(random.below(20)), .at = Timestamp{at}};
}

// Goal: many parts answer as one. Method: random ranges, some of them empty, spread over parts. Expectation: for every
// key and stamp the answer of the ranges put together; whole() is them.
TEST(RangeCover, AnswersAsOne) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    RangeCover cover;
    std::vector<RangeTombstone> all;
    for (std::uint64_t part = 0; part < random.below(5); ++part) {
      std::vector<RangeTombstone> ranges;
      for (std::uint64_t i = 0; i < random.below(6); ++i) ranges.push_back(some_range(random, 1 + random.below(30)));
      all.insert(all.end(), ranges.begin(), ranges.end());
      cover.add(std::make_shared<const RangeTombstones>(ranges));
    }
    const RangeTombstones whole(all);
    EXPECT_EQ(cover.whole(), whole);
    EXPECT_EQ(cover.empty(), whole.empty());
    for (std::uint64_t key = 0; key < 21; ++key) {
      for (std::uint64_t at = 0; at < 32; at += 3) {
        EXPECT_EQ(cover.newest_covering(key_of(key), Timestamp{at}), whole.newest_covering(key_of(key), Timestamp{at}));
      }
    }
  }
}

// Goal: a stack answers as its ranges at any time, with few parts. Method: a thousand ranges, looked at after each, or
// after some. Expectation: always all of them; at most one part more than the logarithm of their number.
TEST(RangeStack, FewPartsWhateverTheOrder) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed);
    RangeStack stack;
    std::vector<RangeTombstone> all;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      all.push_back(some_range(random, i));
      stack.add(all.back());
      if (seed > 1 && !random.chance(1, seed * seed)) continue;
      const RangeCover& cover = stack.cover();
      EXPECT_LE(cover.parts(), 1 + static_cast<std::size_t>(std::log2(static_cast<double>(i)))) << i;
      const std::string key = key_of(random.below(20));
      EXPECT_EQ(cover.newest_covering(key, Timestamp{i}), RangeTombstones(all).newest_covering(key, Timestamp{i}));
    }
    EXPECT_EQ(stack.cover().whole(), RangeTombstones(all));
  }
}

}  // namespace
}  // namespace mylonite
