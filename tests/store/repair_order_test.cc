// The order of tables by keys and stamps.
#include "core/store/repair_order.h"

#include <gtest/gtest.h>

#include <string>

#include "core/format/internal_key.h"

namespace mylonite::testing {
namespace {

TableInfo table(const std::string& low, const std::string& high, std::uint64_t oldest, std::uint64_t newest) {
  TableInfo info;
  info.smallest = internal_key(low, Timestamp{newest}, Kind::kPut);
  info.largest = internal_key(high, Timestamp{oldest}, Kind::kPut);
  info.oldest = Timestamp{oldest};
  info.newest = Timestamp{newest};
  return info;
}

using Places = std::vector<std::vector<std::size_t>>;

// Goal: tables stay apart exactly where their order is shown. Method: tables that share no key; tables with stamps
// above one another; with stamps that interleave, also by way of a third one. Expectation: one layer; a layer each,
// oldest first; one merge of all three.
TEST(RepairOrder, IsShownOrMerged) {
  EXPECT_EQ(order_tables({}).layers, Places());
  const std::vector<TableInfo> apart = {table("a", "c", 1, 9), table("d", "f", 5, 6), table("g", "h", 2, 3)};
  EXPECT_EQ(order_tables(apart).layers, (Places{{0, 1, 2}}));
  EXPECT_EQ(order_tables(apart).merges, Places());
  const std::vector<TableInfo> stacked = {table("a", "m", 7, 9), table("b", "n", 1, 3), table("c", "d", 4, 6),
                                          table("x", "z", 1, 9)};
  EXPECT_EQ(order_tables(stacked).layers, (Places{{1, 3}, {2}, {0}}));
  EXPECT_EQ(order_tables(stacked).merges, Places());
  const std::vector<TableInfo> mixed = {table("a", "f", 1, 5), table("e", "k", 4, 9), table("j", "p", 6, 8),
                                        table("q", "z", 1, 9)};
  EXPECT_EQ(order_tables(mixed).layers, (Places{{3}}));
  ASSERT_EQ(order_tables(mixed).merges.size(), 1U);
  EXPECT_EQ(order_tables(mixed).merges[0].size(), 3U);
  const std::vector<TableInfo> equal = {table("a", "f", 1, 5), table("a", "f", 5, 9)};
  EXPECT_EQ(order_tables(equal).merges.size(), 1U) << "one stamp may have been written to both";
}

}  // namespace
}  // namespace mylonite::testing
