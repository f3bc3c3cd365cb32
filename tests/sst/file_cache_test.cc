// The file cache, and tables that open late: what is read when, and what stays in memory.
#include "core/sst/file_cache.h"

#include <gtest/gtest.h>

#include "tests/sst/table_fixture.h"

namespace mylonite {
namespace {

using testing::MemoryFileSystem;

std::string read_all(vfs::File& file) {
  std::string bytes(100, ' ');
  const auto read = file.read_at(0, bytes);
  EXPECT_TRUE(read.ok());
  bytes.resize(*read);
  return bytes;
}

void put_files(MemoryFileSystem& disk, std::uint64_t count) {
  for (std::uint64_t i = 1; i <= count; ++i) disk.content(testing::path_of({i}))->bytes = "file " + std::to_string(i);
}

// Goal: a bounded number of files for any number of tables, and one in use is never closed. Method: random opens of 50
// files through a cache of 8, some handles kept. Expect: never more handles than the bound and those kept; each handle
// reads its own file; a file asked for again and again stays open.
TEST(FileCache, BoundsOpenFiles) {
  MemoryFileSystem disk;
  put_files(disk, 50);
  FileCache cache(disk, "db", 8);
  Random random(6);
  std::vector<std::pair<std::uint64_t, std::shared_ptr<vfs::File>>> kept;
  for (int step = 0; step < 3000; ++step) {
    const std::uint64_t number = random.between(1, 50);
    const auto file = cache.open({number});
    ASSERT_TRUE(file.ok());
    ASSERT_EQ(read_all(**file), "file " + std::to_string(number));
    if (random.chance(1, 10)) kept.emplace_back(number, *file);
    if (kept.size() > 5) kept.erase(kept.begin());
    for (const auto& [held, handle] : kept) ASSERT_EQ(read_all(*handle), "file " + std::to_string(held));
    ASSERT_LE(cache.files(), 8U);
    int open = 0;
    for (std::uint64_t i = 1; i <= 50; ++i) open += disk.content(testing::path_of({i}))->handles;
    ASSERT_LE(open, 8 + 6);
  }
  kept.clear();
  ASSERT_TRUE(cache.open({1}).ok());
  const std::size_t opens = disk.opens();
  for (std::uint64_t i = 2; i <= 50; ++i) {
    ASSERT_TRUE(cache.open({i}).ok());
    ASSERT_TRUE(cache.open({1}).ok());
  }
  EXPECT_LE(disk.opens(), opens + 49) << "file 1 was opened again";
}

// Goal: forget closes, errors name the file and stick to nothing. Method: forget one that is held and one that is not;
// a file that is missing, then there. Expect: no handle left; kNotFound, then success.
TEST(FileCache, ForgetsAndReports) {
  MemoryFileSystem disk;
  put_files(disk, 2);
  FileCache cache(disk, "db", 1);
  auto file = cache.open({1});
  ASSERT_TRUE(file.ok());
  cache.forget({1});
  cache.forget({1});
  EXPECT_EQ(cache.files(), 0U);
  EXPECT_EQ(read_all(**file), "file 1");
  file->reset();
  EXPECT_EQ(disk.content(testing::path_of({1}))->handles, 0);
  EXPECT_EQ(cache.open({3}).error().code(), Code::kNotFound);
  put_files(disk, 3);
  EXPECT_TRUE(cache.open({3}).ok());
}

// Goal: an open costs one open and one read, the first use one read more and its block, later ones nothing; memory is
// counted while it lasts. Method: a table of several blocks and range deletes, calls of the file counted. Expect: so.
TEST(LazyTable, ReadsWhenItIsUsed) {
  Random random(3);
  const testing::Entries model = testing::random_entries(random, 500, 5);
  const RangeTombstones ranges(std::vector<RangeTombstone>{{"x", "y", {3}}});
  const auto table = testing::build_table(model, {.table = {7}, .block_bytes = 256}, ranges);
  const auto world = std::make_shared<testing::TableWorld>();
  auto reader = testing::open_table_in(world, table);
  EXPECT_EQ(world->disk.opens(), 1U);
  EXPECT_EQ(table.content->reads, 1U);
  EXPECT_EQ(world->environment.metadata_bytes, 0U);
  EXPECT_EQ(**reader->range_tombstones(), ranges);
  EXPECT_EQ(table.content->reads, 2U);
  EXPECT_GT(world->environment.metadata_bytes, model.size() / 2);
  const ParsedKey first = parse_internal_key(model.begin()->first);
  EXPECT_TRUE(reader->get(first.user_key, first.at)->has_value());
  EXPECT_EQ(table.content->reads, 3U);
  EXPECT_TRUE(reader->get(first.user_key, first.at)->has_value());
  EXPECT_EQ(table.content->reads, 3U);
  EXPECT_EQ(world->disk.opens(), 1U);
  const auto cursor = reader->iterator();
  reader.reset();
  cursor->seek_to_first();
  EXPECT_TRUE(cursor->valid()) << "the cursor holds the table";
  EXPECT_GT(world->environment.metadata_bytes, 0U);
}

// Goal: what a table kept goes with it. Method: many tables through a file cache of two, a get in each, twice; then all
// dropped. Expect: right answers, at most two handles, everything back to nothing.
TEST(LazyTable, ManyTablesFewFiles) {
  Options options;
  options.open_files_max = 2;
  options.block_cache_bytes = 5000;
  const auto world = std::make_shared<testing::TableWorld>(options);
  std::vector<std::shared_ptr<const TableReader>> readers;
  std::vector<std::shared_ptr<testing::MemoryBytes>> contents;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    const auto table =
        testing::build_table({{internal_key("key", {i}, Kind::kPut), std::string(i * 10, 'v')}}, {.table = {i}});
    readers.push_back(testing::open_table_in(world, table));
    contents.push_back(table.content);
  }
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 1; i <= 40; ++i) {
      const auto found = readers[i - 1]->get("key", {i});
      ASSERT_TRUE(found.ok() && found->has_value());
      ASSERT_EQ((*found)->value.size(), i * 10);
    }
    int handles = 0;
    for (const auto& content : contents) handles += content->handles;
    EXPECT_LE(handles, 2);
    EXPECT_LE(world->environment.blocks.bytes(), 5000U);
  }
  readers.clear();
  EXPECT_EQ(world->environment.files.files(), 0U);
  EXPECT_EQ(world->environment.blocks.bytes(), 0U);
  EXPECT_EQ(world->environment.metadata_bytes, 0U);
}

// Goal: a live table without its file is damage, found at open or at any later use. Method: the name removed before
// open; removed after it, with the handle forgotten. Expect: kCorruption that names the file.
TEST(LazyTable, AMissingFileIsDamage) {
  const auto table = testing::build_table({{internal_key("key", {1}, Kind::kPut), "v"}}, {.table = {7}});
  const auto world = std::make_shared<testing::TableWorld>();
  const auto absent = TableReader::open(testing::environment_of(world), table.info);
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code(), Code::kCorruption);
  EXPECT_EQ(absent.error().file(), "sst-7.sst");
  const auto reader = testing::open_table_in(world, table);
  ASSERT_TRUE(world->disk.remove(testing::path_of({7})).ok());
  world->environment.files.forget({7});
  EXPECT_EQ(reader->get("key", {1}).error().code(), Code::kCorruption);
  EXPECT_EQ(reader->verify().error().code(), Code::kCorruption);
  world->disk.put(testing::path_of({7}), table.content);
  EXPECT_TRUE(reader->get("key", {1}).ok());
}

}  // namespace
}  // namespace mylonite
