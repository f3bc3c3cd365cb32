#include "core/sst/run_writer.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/sst/run_fixture.h"
#include "tests/support/failing_iterator.h"
#include "tests/support/ranges.h"

namespace mylonite {
namespace {

using testing::Entries;
using testing::RunWorld;

std::vector<TableInfo> write(RunWorld& world, const Entries& model, const RangeTombstones& ranges, Random& random) {
  RunWriter writer(world.target(), ranges);
  std::string last;
  for (const auto& [key, value] : model) {
    if (user_key_of(key) != last && random.chance(1, 20)) writer.end_table();
    last = user_key_of(key);
    EXPECT_TRUE(writer.add(key, value).ok());
  }
  const std::uint64_t bytes = writer.table_bytes();
  auto tables = writer.finish();
  EXPECT_TRUE(tables.ok());
  std::uint64_t file_bytes = 0;
  for (const TableInfo& table : *tables) file_bytes += table.file_bytes;
  EXPECT_LE(bytes, file_bytes);
  return *tables;
}

// Goal: a run is its entries and range deletes, cut between user keys. Method: random entries with many versions a
// key, random range deletes, small tables, ends asked for at random. Expect: the tables' entries in a row are the
// model's; the range deletes of all tables together are those given; tables ascend, share no user key and no covered
// key, and a border where a range delete ends sorts before the next table's first entry; verify finds nothing.
TEST(RunWriter, CutsEntriesAndRangeDeletes) {
  std::size_t tables_seen = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    RunWorld world(testing::small_tables());
    const Entries model = testing::random_entries(random, seed * 10, 20);
    const RangeTombstones ranges(testing::random_ranges(random, seed % 7, 20));
    const auto tables = write(world, model, ranges, random);
    tables_seen += tables.size();
    EXPECT_EQ(world.world->disk.directory_syncs(), 1U);
    std::vector<RangeTombstone> found_ranges;
    auto place = model.begin();
    const auto list = world.open(tables);
    for (std::size_t i = 0; i < list->size(); ++i) {
      const TableReader& table = *(*list)[i];
      ASSERT_TRUE(table.verify().ok()) << table.verify().error().to_string();
      if (i > 0) {
        const TableInfo& before = (*list)[i - 1]->info();
        ASSERT_TRUE(compare_internal(before.largest, table.info().smallest) < 0);
        const bool border = trailer_of(before.largest) == kBorderTrailer;
        ASSERT_TRUE(border || user_key_of(before.largest) < user_key_of(table.info().smallest));
      }
      const auto cursor = table.iterator();
      for (cursor->seek_to_first(); cursor->valid(); cursor->next(), ++place) {
        ASSERT_NE(place, model.end());
        ASSERT_EQ(cursor->key(), place->first);
        ASSERT_EQ(cursor->value(), place->second);
      }
      for (const RangeTombstone& each : (*table.range_tombstones())->list()) found_ranges.push_back(each);
    }
    ASSERT_EQ(place, model.end());
    for (std::size_t i = 1; i < found_ranges.size(); ++i) {
      ASSERT_TRUE(found_ranges[i - 1].high <= found_ranges[i].low || found_ranges[i - 1].low == found_ranges[i].low);
    }
    // Pieces of one fragment in two tables touch: joined again, they are what was given.
    ASSERT_EQ(RangeTombstones(found_ranges), ranges) << "seed " << seed;
  }
  EXPECT_GT(tables_seen, 500U);
}

// Goal: tables end where they are told to, and by size. Method: five keys with an end asked for behind the second,
// before the first and twice in a row; then many keys against the size. Expect: two tables; tables of about the size.
TEST(RunWriter, EndsTables) {
  RunWorld world(testing::small_tables());
  RunWriter writer(world.target(), RangeTombstones(std::vector<RangeTombstone>{{"a", "z", {9}}}));
  writer.end_table();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(writer.add(internal_key("key" + std::to_string(i), {1}, Kind::kPut), "v").ok());
    if (i != 1) continue;
    writer.end_table();
    writer.end_table();
  }
  const auto tables = writer.finish();
  ASSERT_TRUE(tables.ok());
  ASSERT_EQ(tables->size(), 2U);
  EXPECT_EQ(user_key_of(tables->front().smallest), "a");
  EXPECT_EQ(user_key_of(tables->front().largest), "key2");
  EXPECT_EQ(trailer_of(tables->front().largest), kBorderTrailer);
  EXPECT_EQ(user_key_of(tables->back().smallest), "key2");
  EXPECT_EQ(user_key_of(tables->back().largest), "z");

  RunWriter many(world.target(), {});
  for (int i = 1000; i < 2000; ++i) {
    const std::string value = std::to_string(mix64(static_cast<std::uint64_t>(i)));
    ASSERT_TRUE(many.add(internal_key(std::to_string(i), {1}, Kind::kPut), value).ok());
  }
  const auto by_size = many.finish();
  ASSERT_TRUE(by_size.ok());
  ASSERT_GT(by_size->size(), 10U);
  for (const TableInfo& table : *by_size) EXPECT_LT(table.file_bytes, 2048U);
}

// Goal: tables end at cuts, and nowhere else while they are small. Method: keys 0 to 9 with several versions each; cuts
// before all keys, between them, at one, twice in one gap, and behind all. Expectation: a table for each part that has
// keys.
TEST(RunWriter, EndsTablesAtCuts) {
  RunWorld world(testing::small_tables());
  RunWriter writer(world.target(), {}, {"/", "3", "45", "46", "8", "x"});
  for (char key = '0'; key <= '9'; ++key) {
    for (std::uint64_t at = 3; at > 0; --at) {
      ASSERT_TRUE(writer.add(internal_key(std::string(1, key), Timestamp{at}, Kind::kPut), "v").ok());
    }
  }
  const auto tables = writer.finish();
  ASSERT_TRUE(tables.ok());
  std::string parts;
  for (const TableInfo& table : *tables) {
    parts += std::string(user_key_of(table.smallest)) + std::string(user_key_of(table.largest)) + " ";
    EXPECT_EQ(table.entries % 3, 0U);
  }
  EXPECT_EQ(parts, "02 34 57 89 ");
}

// Goal: nothing gives no table; range deletes alone give one. Method: both through write_run. Expect: so.
TEST(RunWriter, KnowsTheEmptyRun) {
  RunWorld world(testing::small_tables());
  const auto empty =
      testing::build_table({}, {.table = {99}}, RangeTombstones(std::vector<RangeTombstone>{{"a", "b", {1}}}));
  const auto entries = testing::open_table_in(world.world, empty)->iterator();
  const auto none = write_run(world.target(), *entries);
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
  const RangeTombstones ranges(std::vector<RangeTombstone>{{"b", "d", {5}}, {"c", "e", {8}}});
  const auto one = write_run(world.target(), *entries, ranges);
  ASSERT_TRUE(one.ok());
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ(**world.open(*one)->front()->range_tombstones(), ranges);
}

// Goal: a failing source, a full disk and a store that closes end a run with their error. Method: a cursor that fails
// half-way, a table that stands where one is to be made, give_up set. Expect: kCorruption, kAlreadyExists, kClosed.
TEST(RunWriter, ReportsWhatEndsIt) {
  RunWorld world(testing::small_tables());
  Random random(1);
  const auto source = testing::build_table(testing::random_entries(random, 100, 5), {.table = {99}});
  const auto table = testing::open_table_in(world.world, source);
  testing::FailingIterator failing(table->iterator(), std::make_shared<std::size_t>(50));
  EXPECT_EQ(write_run(world.target(), failing).error().code(), Code::kCorruption);

  world.world->disk.content(testing::path_of({world.last_number + 1}));
  const auto entries = table->iterator();
  EXPECT_EQ(write_run(world.target(), *entries).error().code(), Code::kAlreadyExists);

  const std::atomic<bool> give_up{true};
  RunTarget target = world.target();
  target.give_up = &give_up;
  EXPECT_EQ(write_run(target, *entries).error().code(), Code::kClosed);
}

}  // namespace
}  // namespace mylonite
