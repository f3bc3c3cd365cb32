// Range deletes in tables: their codec, and how they count in a table's facts.
#include <gtest/gtest.h>

#include "core/sst/format.h"
#include "tests/sst/table_fixture.h"
#include "tests/support/ranges.h"

namespace mylonite {
namespace {

using testing::Entries;

RangeTombstones ranges_of(std::vector<RangeTombstone> list) { return RangeTombstones(list); }

// Goal: range deletes come back from a table as they were. Method: random ones beside random entries. Expect: equal
// fragments, verify finds nothing, get answers from the entries alone.
TEST(RangeDeletes, RoundTripThroughATable) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const Entries model = testing::random_entries(random, seed * 3, 20);
    const RangeTombstones ranges(testing::random_ranges(random, seed % 8, 20));
    if (model.empty() && ranges.empty()) continue;
    const auto reader = testing::open_table(testing::build_table(model, {.table = {7}, .block_bytes = 128}, ranges));
    ASSERT_TRUE(reader.ok());
    ASSERT_TRUE((*reader)->verify().ok()) << (*reader)->verify().error().to_string();
    const auto found = (*reader)->range_tombstones();
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(**found, ranges);
    ASSERT_NO_FATAL_FAILURE(testing::walk(*(*reader)->iterator(), model, random, 100));
    for (const auto& [key, value] : model) {
      const ParsedKey parsed = parse_internal_key(key);
      const auto got = (*reader)->get(parsed.user_key, parsed.at);
      ASSERT_TRUE(got.ok() && got->has_value());
    }
  }
}

// Goal: a table's facts cover its range deletes. Method: borders inside and outside of the entries, stamps older and
// newer than theirs. Expect: as stated in mylonite/table_info.h.
TEST(RangeDeletes, CountInTheFacts) {
  const std::string d = internal_key("d", {50}, Kind::kPut);
  const std::string m = internal_key("m", {60}, Kind::kPut);
  const Entries model = {{d, "1"}, {m, "2"}};

  const TableInfo inside = testing::build_table(model, {.table = {7}}, ranges_of({{"e", "f", {55}}})).info;
  EXPECT_EQ(inside.smallest, d);
  EXPECT_EQ(inside.largest, m);
  EXPECT_EQ(inside.entries, 2U);
  EXPECT_EQ(inside.tombstones, 0U);
  EXPECT_EQ(inside.range_deletes, 1U);
  EXPECT_EQ(inside.oldest, Timestamp{50});
  EXPECT_EQ(inside.newest, Timestamp{60});
  EXPECT_EQ(inside.oldest_tombstone, Timestamp{55});

  const RangeTombstones wide = ranges_of({{"a", "z", {10}}, {"a", "b", {90}}});
  const TableInfo outside = testing::build_table(model, {.table = {7}}, wide).info;
  EXPECT_EQ(outside.smallest, internal_key("a", {90}, Kind::kRangeDelete));
  std::string border;
  append_internal_key(border, "z", kBorderTrailer);
  EXPECT_EQ(outside.largest, border);
  EXPECT_EQ(outside.range_deletes, 3U);  // [a, b) at 90 and 10, [b, z) at 10
  EXPECT_EQ(outside.oldest, Timestamp{10});
  EXPECT_EQ(outside.newest, Timestamp{90});
  EXPECT_EQ(outside.oldest_tombstone, Timestamp{10});

  // At one user key the entry above the range delete comes first; an end at the last key lies before its entries.
  const TableInfo touching = testing::build_table(model, {.table = {7}}, ranges_of({{"d", "m", {50}}})).info;
  EXPECT_EQ(touching.smallest, d);
  EXPECT_EQ(touching.largest, m);
  const TableInfo above = testing::build_table(model, {.table = {7}}, ranges_of({{"d", "m", {51}}})).info;
  EXPECT_EQ(above.smallest, internal_key("d", {51}, Kind::kRangeDelete));
}

// Goal: a table of range deletes alone is a table. Method: one without entries. Expect: facts, verify, no entry from
// get or the cursor, whichever way it is asked.
TEST(RangeDeletes, MakeATableAlone) {
  const RangeTombstones ranges = ranges_of({{"b", "d", {5}}, {"c", "e", {8}}});
  const testing::BuiltTable table = testing::build_table({}, {.table = {7}}, ranges);
  EXPECT_EQ(table.info.smallest, internal_key("b", {5}, Kind::kRangeDelete));
  std::string border;
  append_internal_key(border, "e", kBorderTrailer);
  EXPECT_EQ(table.info.largest, border);
  EXPECT_EQ(table.info.entries, 0U);
  const auto reader = testing::open_table(table);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->verify().ok());
  EXPECT_EQ(**(*reader)->range_tombstones(), ranges);
  EXPECT_FALSE((*reader)->get("c", kTimestampMax)->has_value());
  ASSERT_NO_FATAL_FAILURE(testing::walk(*(*reader)->iterator(), {}, Random(1), 30));
}

// Goal: the decoder takes any bytes. Method: encodings changed and cut. Expect: kCorruption, or range deletes that
// encode to the very bytes that were read; both occur.
TEST(RangeDeletes, DecodeAnyBytes) {
  Random random(7);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 10000; ++round) {
    const RangeTombstones ranges(testing::random_ranges(random, random.below(5), 300));
    std::string payload = encode_range_deletes(ranges);
    ASSERT_EQ(*decode_range_deletes(payload), ranges);
    if (payload.empty()) continue;
    for (std::uint64_t left = random.below(3); left > 0; --left) {
      payload[random.below(payload.size())] = static_cast<char>(random.chance(1, 2) ? random.next() : random.below(8));
    }
    if (random.chance(1, 4)) payload.resize(random.below(payload.size()));
    const auto decoded = decode_range_deletes(payload);
    ++(decoded.ok() ? accepted : refused);
    if (!decoded.ok()) {
      ASSERT_EQ(decoded.error().code(), Code::kCorruption);
    } else {
      ASSERT_EQ(*decode_range_deletes(encode_range_deletes(*decoded)), *decoded);
    }
  }
  EXPECT_GT(accepted, 500U);
  EXPECT_GT(refused, 500U);
  // What breaks an invariant of fragments is refused, although it parses.
  const auto encoded = [](std::string_view low, std::string_view high, const std::vector<std::uint64_t>& stamps) {
    std::string out;
    put_length_prefixed(out, low);
    put_length_prefixed(out, high);
    put_varint(out, stamps.size());
    for (std::uint64_t at : stamps) put_varint(out, at);
    return out;
  };
  EXPECT_TRUE(decode_range_deletes(encoded("a", "b", {2, 1}) + encoded("b", "c", {2})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("b", "b", {2})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "b", {})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "b", {1, 2})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "b", {1, 1})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "c", {2}) + encoded("b", "d", {3})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("c", "d", {2}) + encoded("a", "b", {2})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "b", {2}) + encoded("b", "c", {2})).ok());
  EXPECT_FALSE(decode_range_deletes(encoded("a", "b", {kTimestampMax.ticks + 1})).ok());
}

}  // namespace
}  // namespace mylonite
