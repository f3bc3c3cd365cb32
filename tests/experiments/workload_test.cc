#include "experiments/bench/workload.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace mylonite::experiments {
namespace {

StreamOptions small(bool binary) { return {.entries = 2000, .value_bytes = 100, .seed = 7, .binary_keys = binary}; }

// Goal: streams depend on options alone, so that all engines get the same. Method: two of everything, from equal
// options. Expectation: equal, draw by draw; another seed gives other orders.
TEST(Workload, StreamsAreTheSameForEqualOptions) {
  for (const Workload& workload : workloads()) {
    Order a(workload.indices, small(false));
    Order b(workload.indices, small(false));
    StreamOptions other = small(false);
    other.seed = 8;
    Order c(workload.indices, other);
    std::size_t equal = 0;
    for (int i = 0; i < 3000; ++i) {
      const std::uint64_t index = a.next();
      ASSERT_EQ(index, b.next());
      ASSERT_LT(index, 2000U);
      equal += index == c.next() ? 1 : 0;
    }
    EXPECT_TRUE(equal < 100 || workload.indices == Indices::kAscending) << workload.name;
  }
  const Values a(small(false));
  const Values b(small(false));
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_EQ(a.at(i, 0), b.at(i, 0));
    ASSERT_EQ(a.at(i, 0).size(), 100U);
    ASSERT_NE(a.at(i, 0), a.at(i, 1));
  }
}

// Goal: keys sort as their indices, missing keys lie between. Method: all keys in turn, of both kinds. Expectation:
// strictly ascending, of the stated size.
TEST(Workload, KeysSortAsTheirIndices) {
  for (bool binary : {false, true}) {
    Keys keys(small(binary));
    std::string before;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      const std::string key(keys.at(i));
      ASSERT_EQ(key.size(), kKeyBytes);
      ASSERT_LT(before, key);
      before = keys.missing(i);
      ASSERT_LT(key, before);
    }
  }
}

// Goal: a shuffled order names each index once. Method: one pass. Expectation: all of them.
TEST(Workload, ShuffledNamesEachOnce) {
  Order order(Indices::kShuffled, small(false));
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(order.next());
  EXPECT_EQ(seen.size(), 2000U);
}

// Goal: the model tells a store's contents from another's. Method: a write, an overwrite, a removal. Expectation: the
// digest changes with each, counts are right, and a scan from the middle sees what is left.
TEST(Workload, ModelPredictsScans) {
  Model model(small(false), true);
  const Seen loaded = model.scan(0, UINT64_MAX);
  EXPECT_EQ(loaded.entries, 2000U);
  model.put(5, 1);
  const Seen overwritten = model.scan(0, UINT64_MAX);
  EXPECT_EQ(overwritten.entries, 2000U);
  EXPECT_NE(overwritten.digest, loaded.digest);
  model.remove(5);
  EXPECT_EQ(model.live(), 1999U);
  EXPECT_EQ(model.scan(1995, kSeekEntries).entries, 5U);
  EXPECT_EQ(model.scan(0, kSeekEntries).entries, kSeekEntries);
  EXPECT_EQ(Model(small(false), false).live(), 0U);
}

}  // namespace
}  // namespace mylonite::experiments
