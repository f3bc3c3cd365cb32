#include "core/format/range_tombstones.h"

#include <gtest/gtest.h>

#include "tests/support/entries.h"

namespace mylonite {
namespace {

std::vector<RangeTombstone> random_ranges(Random& random) {
  std::vector<RangeTombstone> ranges;
  for (std::uint64_t left = random.below(12); left > 0; --left) {
    std::string low = testing::random_user_key(random);
    std::string high = testing::random_user_key(random);
    ranges.push_back({.low = std::move(low), .high = std::move(high), .at = Timestamp{random.between(1, 9)}});
  }
  return ranges;
}

Timestamp newest_by_definition(const std::vector<RangeTombstone>& ranges, std::string_view key, Timestamp at) {
  Timestamp newest;
  for (const RangeTombstone& each : ranges) {
    if (each.low <= key && key < each.high && each.at <= at) newest = std::max(newest, each.at);
  }
  return newest;
}

// Goal: fragments answer as the ranges they were made of. Method: random overlapping ranges, empty and backward ones
// among them; random keys and stamps against the definition. Expect: equal, and fragments as the header promises.
TEST(RangeTombstones, AnswerAsTheRangesDo) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const std::vector<RangeTombstone> ranges = random_ranges(random);
    const RangeTombstones fragments(ranges);
    for (int i = 0; i < 60; ++i) {
      const std::string key = testing::random_user_key(random);
      const Timestamp at{random.below(11)};
      ASSERT_EQ(fragments.newest_covering(key, at), newest_by_definition(ranges, key, at)) << "seed " << seed;
    }
    const RangeTombstones::Fragment* before = nullptr;
    for (const auto& each : fragments.fragments()) {
      ASSERT_LT(each.low, each.high);
      ASSERT_FALSE(each.stamps.empty());
      for (std::size_t i = 1; i < each.stamps.size(); ++i) ASSERT_GT(each.stamps[i - 1], each.stamps[i]);
      if (before != nullptr) {
        ASSERT_LE(before->high, each.low);
        ASSERT_FALSE(before->high == each.low && before->stamps == each.stamps);
      }
      before = &each;
    }
    ASSERT_EQ(RangeTombstones(fragments.list()), fragments);
  }
}

// Goal: a part answers as the whole inside it and not at all outside. Method: random borders. Expect: just that.
TEST(RangeTombstones, ClipToAPart) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const RangeTombstones whole(random_ranges(random));
    const std::string low = testing::random_user_key(random);
    std::optional<std::string> high;
    if (random.chance(2, 3)) high = testing::random_user_key(random);
    const RangeTombstones part = whole.clipped(low, high);
    for (int i = 0; i < 40; ++i) {
      const std::string key = testing::random_user_key(random);
      const bool inside = key >= low && (!high || key < *high);
      const Timestamp expected = inside ? whole.newest_covering(key, Timestamp{9}) : kTimestampMin;
      ASSERT_EQ(part.newest_covering(key, Timestamp{9}), expected) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace mylonite
