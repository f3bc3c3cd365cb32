#include <gtest/gtest.h>

#include <set>

#include "tests/sst/table_fixture.h"

namespace mylonite {
namespace {

using testing::BuiltTable;
using testing::Entries;
using testing::MemoryFile;

// Goal: a table is the sorted map it was built from. Method: random entries, block sizes from one entry a block to one
// block a table, a random walk. Expect: cursor and map agree at every step, both ways; verify finds nothing.
TEST(Table, IteratesLikeASortedMap) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const Entries model = testing::random_entries(random, 1 + seed * 8, 20);
    const BuiltTable table =
        testing::build_table(model, {.table = {7}, .block_bytes = 64ULL << (seed % 7), .filter_rate = 10'000});
    const auto reader = testing::open_table(table);
    ASSERT_TRUE(reader.ok()) << reader.error().to_string();
    ASSERT_TRUE((*reader)->verify().ok());
    const auto cursor = (*reader)->iterator();
    ASSERT_FALSE(cursor->valid());
    ASSERT_NO_FATAL_FAILURE(testing::walk(*cursor, model, random, 400)) << "seed " << seed;
  }
}

// Goal: get finds the newest version that is not above the stamp, across blocks. Method: random keys, present and
// absent, at every stamp, with small blocks so that versions of one key span several. Expect: what the model says.
TEST(Table, GetsTheNewestVersionNotAboveTheStamp) {
  Random random(5);
  const Entries model = testing::random_entries(random, 2000, 20);
  const BuiltTable table = testing::build_table(model, {.table = {7}, .block_bytes = 64, .filter_rate = 100'000});
  const auto reader = testing::open_table(table);
  ASSERT_TRUE(reader.ok());
  for (int i = 0; i < 5000; ++i) {
    const std::string key = testing::random_user_key(random);
    const Timestamp at{random.below(22)};
    const auto found = (*reader)->get(key, at);
    ASSERT_TRUE(found.ok());
    const auto expected = testing::newest(model, key, at);
    ASSERT_EQ(found->has_value(), expected != model.end());
    if (!found->has_value()) continue;
    ASSERT_EQ((*found)->at, parse_internal_key(expected->first).at);
    ASSERT_EQ((*found)->kind, parse_internal_key(expected->first).kind);
    ASSERT_EQ((*found)->value, expected->second);
  }
}

// Goal: the builder reports the facts of what it wrote. Method: a random model, counted here. Expect: equal facts, and
// a size that grows with every entry and ends at the file's.
TEST(Table, ReportsItsFacts) {
  Random random(3);
  const Entries model = testing::random_entries(random, 500, 1000);
  auto content = std::make_shared<testing::MemoryBytes>();
  MemoryFile file(content);
  TableBuilder builder(file, {.table = {42}, .block_bytes = 256, .filter_rate = 10'000});
  std::uint64_t tombstones = 0;
  std::set<Timestamp> stamps;
  for (const auto& [key, value] : model) {
    const std::uint64_t before = builder.file_bytes();
    ASSERT_TRUE(builder.add(key, value).ok());
    ASSERT_GT(builder.file_bytes(), before);
    tombstones += parse_internal_key(key).kind == Kind::kDelete ? 1 : 0;
    stamps.insert(parse_internal_key(key).at);
  }
  EXPECT_EQ(builder.entries(), model.size());
  const auto info = builder.finish();
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->number, FileNumber{42});
  EXPECT_EQ(info->file_bytes, content->bytes.size());
  EXPECT_EQ(info->smallest, model.begin()->first);
  EXPECT_EQ(info->largest, model.rbegin()->first);
  EXPECT_EQ(info->entries, model.size());
  EXPECT_EQ(info->tombstones, tombstones);
  EXPECT_EQ(info->oldest, *stamps.begin());
  EXPECT_EQ(info->newest, *stamps.rbegin());
  const auto reader = testing::open_table({.content = content, .info = *info});
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->verify().ok());
  EXPECT_EQ((*reader)->info(), *info);
}

// Goal: keys and values at their limits work. Method: the empty key, 64 KiB keys, a 40 MiB value between small ones.
// Expect: all come back through get and the cursor.
TEST(Table, HoldsExtremes) {
  Entries model;
  model.emplace(internal_key("", kTimestampMin, Kind::kPut), "");
  model.emplace(internal_key("", kTimestampMax, Kind::kDelete), "");
  model.emplace(internal_key("m", Timestamp{9}, Kind::kPut), std::string(40 << 20, 'v'));
  model.emplace(internal_key("n", Timestamp{9}, Kind::kPut), "small");
  model.emplace(internal_key(std::string(64 << 10, '\xff'), Timestamp{5}, Kind::kPut), "x");
  const auto reader = testing::open_table(testing::build_table(model, {.table = {7}}));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->verify().ok());
  EXPECT_EQ((*(*reader)->get("m", kTimestampMax))->value.size(), std::size_t{40} << 20);
  EXPECT_EQ((*(*reader)->get("", Timestamp{1}))->kind, Kind::kPut);
  EXPECT_EQ((*(*reader)->get("", kTimestampMax))->kind, Kind::kDelete);
  ASSERT_NO_FATAL_FAILURE(testing::walk(*(*reader)->iterator(), model, Random(1), 30));
}

// Goal: few file calls, and a failing one is reported. Method: a table of many chunks; then every append in turn finds
// no space. Expect: at most one append a chunk and one more; the error of the failing one from add or finish.
TEST(Table, WritesInChunksAndReportsFailure) {
  const std::string value(1000, 'v');
  const auto build = [&](vfs::File& file) -> Status {
    TableBuilder builder(file, {.table = {1}});
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const std::string key = internal_key(std::to_string(100000 + i), Timestamp{1}, Kind::kPut);
      if (Status added = builder.add(key, value); !added.ok()) return added;
    }
    const auto info = builder.finish();
    return info.ok() ? Status{} : info.error();
  };
  const auto whole = std::make_shared<testing::MemoryBytes>();
  MemoryFile memory(whole);
  ASSERT_TRUE(build(memory).ok());
  std::size_t appends = 0;
  while (true) {
    faultfs::Disk disk;
    faultfs::InjectedFaults faults(
        inject(faultfs::Fault::kNoSpace, from_nth(appends + 1, faultfs::calls({faultfs::CallKind::kAppend}))));
    faultfs::SimFileSystem fs(disk, &faults);
    const auto file = fs.open("table", vfs::OpenMode::kCreateExclusive);
    ASSERT_TRUE(file.ok());
    const Status built = build(**file);
    EXPECT_EQ(built.ok(), faults.struck().empty());
    if (built.ok()) break;
    ++appends;
    EXPECT_EQ(built.error().code(), Code::kNoSpace);
    EXPECT_TRUE(whole->bytes.starts_with(vfs::read_whole_file(fs, "table").value()));
  }
  EXPECT_GT(appends, 4U);
  EXPECT_LE(appends, whole->bytes.size() / TableBuilder::kChunkBytes + 1);
}

// Goal: a failing read is the caller's error and nothing sticks. Method: reads switched off before anything was read,
// on, then off again. Expect: kIo from get, range deletes, cursor, verify and open; the same reader and cursor work
// afterwards; what is in memory goes on being answered.
TEST(Table, ReportsFailingReadsAndRecovers) {
  Random random(8);
  const Entries model = testing::random_entries(random, 200, 5);
  const RangeTombstones ranges(std::vector<RangeTombstone>{{.low = "x", .high = "y", .at = {3}}});
  const BuiltTable table = testing::build_table(model, {.table = {7}, .block_bytes = 128}, ranges);
  const auto world = std::make_shared<testing::FaultyTableWorld>();
  put_table(*world, table);
  const auto open = [&] { return TableReader::open(environment_of(world), table.info); };
  const auto reader = open();
  ASSERT_TRUE(reader.ok());
  const auto cursor = (*reader)->iterator();
  const ParsedKey first = parse_internal_key(table.info.smallest);

  world->faults.set(testing::failing_reads());
  EXPECT_EQ((*reader)->get(first.user_key, first.at).error().code(), Code::kIo);
  cursor->seek_to_first();
  EXPECT_FALSE(cursor->valid());
  ASSERT_FALSE(cursor->status().ok());
  EXPECT_EQ(cursor->status().error().code(), Code::kIo);
  EXPECT_EQ((*reader)->verify().error().code(), Code::kIo);
  EXPECT_EQ((*reader)->range_tombstones().error().code(), Code::kIo);
  EXPECT_EQ(open().error().code(), Code::kIo);

  world->faults.stop();
  EXPECT_TRUE((*reader)->get(first.user_key, first.at)->has_value());
  ASSERT_NO_FATAL_FAILURE(testing::walk(*cursor, model, random, 100));
  EXPECT_EQ(**(*reader)->range_tombstones(), ranges);

  world->faults.set(testing::failing_reads());
  EXPECT_TRUE((*reader)->get(first.user_key, first.at)->has_value());  // its block is in the cache
  EXPECT_TRUE((*reader)->range_tombstones().ok());
  EXPECT_EQ((*reader)->verify().error().code(), Code::kIo);
  const auto bypassing = (*reader)->iterator(CacheUse::kBypass);
  bypassing->seek_to_first();
  ASSERT_FALSE(bypassing->status().ok());
  EXPECT_EQ(bypassing->status().error().code(), Code::kIo);
}

// Goal: a cursor keeps its table alive. Method: drop the reader while the cursor moves on (run it under ASan, too).
// Expect: the cursor still walks the whole table.
TEST(Table, CursorKeepsTheTableAlive) {
  Random random(2);
  const Entries model = testing::random_entries(random, 100, 5);
  std::unique_ptr<InternalIterator> cursor;
  {
    const auto reader = testing::open_table(testing::build_table(model, {.table = {7}, .block_bytes = 64}));
    ASSERT_TRUE(reader.ok());
    cursor = (*reader)->iterator();
  }
  ASSERT_NO_FATAL_FAILURE(testing::walk(*cursor, model, random, 50));
}

}  // namespace
}  // namespace mylonite
