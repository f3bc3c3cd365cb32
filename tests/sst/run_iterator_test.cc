#include "core/sst/run_iterator.h"

#include <gtest/gtest.h>

#include "tests/sst/run_fixture.h"
#include "tests/support/ranges.h"

namespace mylonite {
namespace {

using testing::Entries;
using testing::RunWorld;

// Cuts a model into tables of one user key or more; before some stands a table of range deletes alone, in the gap.
std::shared_ptr<const TableList> tables_of(const RunWorld& world, const Entries& model, Random& random) {
  std::vector<TableInfo> infos;
  const auto put = [&](const Entries& part, const RangeTombstones& ranges) {
    const auto built = testing::build_table(part, {.table = {infos.size() + 1}, .block_bytes = 64}, ranges);
    world.world->disk.put(testing::path_of(built.info.number), built.content);
    infos.push_back(built.info);
  };
  Entries part;
  for (auto each = model.begin(); each != model.end();) {
    part.insert(*each);
    const auto next = std::next(each);
    const bool last = next == model.end();
    if (last || (user_key_of(next->first) != user_key_of(each->first) && random.chance(1, 8))) {
      put(part, {});
      part.clear();
      const std::string low = std::string(user_key_of(each->first)) + '\0';
      const std::string high = last ? low + 'z' : std::string(user_key_of(next->first));
      if (random.chance(1, 2) && low < high) {
        put({}, RangeTombstones(std::vector<RangeTombstone>{{.low = low, .high = high, .at = {3}}}));
      }
    }
    each = next;
  }
  return world.open(infos);
}

// Goal: a run is one sorted map. Method: random models over up to dozens of tables, some of range deletes alone, a
// random walk. Expect: cursor and model agree at every step, both ways.
TEST(RunIterator, IteratesLikeASortedMap) {
  std::size_t tables = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const RunWorld world(testing::small_tables());
    const Entries model = testing::random_entries(random, seed * 6, 20);
    const auto list = tables_of(world, model, random);
    tables += list->size();
    RunIterator cursor(list);
    ASSERT_FALSE(cursor.valid());
    ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 300)) << "seed " << seed;
  }
  EXPECT_GT(tables, 600U);
}

// Goal: runs that RunWriter cut, range deletes over the borders included, are walked right. Method: random models and
// range deletes. Expect: as above.
TEST(RunIterator, WalksWhatRunWriterWrote) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Random random(seed);
    RunWorld world(testing::small_tables());
    const Entries model = testing::random_entries(random, 20 + seed * 20, 20);
    RunWriter writer(world.target(), RangeTombstones(testing::random_ranges(random, 6, 20)));
    for (const auto& [key, value] : model) ASSERT_TRUE(writer.add(key, value).ok());
    const auto tables = writer.finish();
    ASSERT_TRUE(tables.ok());
    RunIterator cursor(world.open(*tables), CacheUse::kBypass);
    ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 300)) << "seed " << seed;
    EXPECT_EQ(world.world->environment.blocks.bytes(), 0U);
  }
}

// Goal: a seek touches one table. Method: twenty tables of one key each; a seek into one; then two steps. Expect:
// beyond the footer, only that table is read, then its neighbours.
TEST(RunIterator, ReadsOneTableAtATime) {
  const RunWorld world(testing::small_tables());
  std::vector<testing::BuiltTable> built;
  std::vector<TableInfo> infos;
  for (std::uint64_t i = 10; i < 30; ++i) {
    built.push_back(
        testing::build_table({{internal_key("key" + std::to_string(i), {1}, Kind::kPut), "v"}}, {.table = {i}}));
    world.world->disk.put(testing::path_of({i}), built.back().content);
    infos.push_back(built.back().info);
  }
  RunIterator cursor(world.open(infos));
  const auto touched = [&] {
    std::string names;
    for (std::size_t i = 0; i < built.size(); ++i) {
      if (built[i].content->reads > 1) names += std::to_string(i + 10) + " ";
    }
    return names;
  };
  EXPECT_EQ(touched(), "");
  cursor.seek(internal_key("key14", {5}, Kind::kPut));
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(touched(), "14 ");
  cursor.next();
  EXPECT_EQ(touched(), "14 15 ");
  cursor.prev();
  cursor.prev();
  EXPECT_EQ(user_key_of(cursor.key()), "key13");
  EXPECT_EQ(touched(), "13 14 15 ");
}

// Goal: an unreadable table ends the cursor with an error that stays, and nothing is stepped over. Method: three
// tables, reads of the middle one switched off, walks both ways and a seek. Expect: kIo at the middle, the ends are
// served; after reads are back the cursor works.
TEST(RunIterator, StopsAtAnUnreadableTable) {
  Random random(9);
  const auto world = std::make_shared<testing::FaultyTableWorld>(testing::small_tables());
  Entries model;
  auto tables = std::make_shared<TableList>();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Entries part;
    for (int k = 0; k < 20; ++k) {
      part.emplace(internal_key(std::to_string(i) + std::to_string(k), {1}, Kind::kPut), "v");
    }
    const auto built = testing::build_table(part, {.table = {i}, .block_bytes = 64});
    put_table(*world, built);
    tables->push_back(TableReader::open(environment_of(world), built.info).value());
    model.insert(part.begin(), part.end());
  }
  RunIterator cursor(tables);
  world->faults.set(inject(faultfs::Fault::kIoError, every(faultfs::of_path(testing::path_of({2})))));
  std::size_t steps = 0;
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) ++steps;
  EXPECT_EQ(steps, 20U);
  ASSERT_FALSE(cursor.status().ok());
  EXPECT_EQ(cursor.status().error().code(), Code::kIo);
  EXPECT_FALSE(cursor.status().ok());
  for (cursor.seek_to_last(); cursor.valid(); cursor.prev()) ++steps;
  EXPECT_EQ(steps, 40U);
  EXPECT_FALSE(cursor.status().ok());
  cursor.seek(internal_key("25", {1}, Kind::kPut));
  EXPECT_FALSE(cursor.valid());
  EXPECT_FALSE(cursor.status().ok());
  cursor.seek(internal_key("9", {1}, Kind::kPut));  // behind everything: the end, no error
  EXPECT_FALSE(cursor.valid());
  EXPECT_TRUE(cursor.status().ok());
  world->faults.stop();
  ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 200));
}

}  // namespace
}  // namespace mylonite
