// What two readings of a store may differ in.
#include "sim/run/store_dump.h"

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

StoreDump contents() {
  StoreDump all;
  all.contents.entries = {{.key = "a", .at = Timestamp{30}, .value = "new"},
                          {.key = "a", .at = Timestamp{10}, .value = "old"},
                          {.key = "b", .at = Timestamp{20}, .value = std::nullopt}};
  all.contents.range_deletes = {{.low = "c", .high = "d", .at = Timestamp{40}}};
  all.pairs = {{"a", "new"}};
  all.contents.history_floor = Timestamp{5};
  return all;
}

// Goal: versions may go and the floor may rise, nothing else may change. Method: one change each.
TEST(StoreDumpTest, Difference) {
  EXPECT_EQ(difference(contents(), contents()), "");
  StoreDump dropped = contents();
  dropped.contents.entries.erase(dropped.contents.entries.begin() + 1);
  dropped.contents.history_floor = Timestamp{15};
  EXPECT_EQ(difference(contents(), dropped), "");
  EXPECT_EQ(difference(dropped, contents()), "'a' of stamp 10 was not there before");
  StoreDump sunk = contents();
  sunk.contents.history_floor = Timestamp{4};
  EXPECT_EQ(difference(contents(), sunk), "the floor of history: 5, then 4");
  StoreDump fewer = contents();
  fewer.pairs.clear();
  EXPECT_EQ(difference(contents(), fewer), "pair 0: 'a' = 'new', then the end");
  EXPECT_EQ(difference(fewer, contents()), "pair 0: the end, then 'a' = 'new'");
  StoreDump changed = contents();
  changed.pairs[0].second = "old";
  EXPECT_EQ(difference(contents(), changed), "pair 0: 'a' = 'new', then 'a' = 'old'");
}

// Goal: the newest stamp is that of any entry or range delete. Method: with and without the range.
TEST(StoreDumpTest, Newest) {
  StoreDump all = contents();
  EXPECT_EQ(all.newest(), Timestamp{40});
  all.contents.range_deletes.clear();
  EXPECT_EQ(all.newest(), Timestamp{30});
}

}  // namespace
}  // namespace mylonite::sim
