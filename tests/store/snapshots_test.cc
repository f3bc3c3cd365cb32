// What live snapshots keep, and what they no longer keep: versions through flushes and merges, reads below the floor.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

std::uint64_t entries_of(const Store& store) {
  std::uint64_t entries = 0;
  for (const LevelStats& level : store.stats().levels) entries += level.entries;
  return entries;
}

Code code_at(Store& store, Timestamp at) {
  const auto found = store.get("k0", {.as_of = at});
  return found.ok() ? Code::kClosed : found.error().code();
}

// Small tables, few levels, tombstones that may go at once.
Options tree_options() {
  Options options = small_options();
  options.wal_flush_every_write = false;
  options.memtable_max_bytes = 64 * 1024;
  options.wal_file_rotate_bytes = 64 * 1024;
  options.sstable_max_bytes = 32 * 1024;
  options.tombstone_retention_seconds = 0;
  return options;
}

constexpr int kKeys = 1000;

void write_round(Store& store, int round) {
  for (int i = 0; i < kKeys; ++i) put(store, "k" + std::to_string(i), std::to_string(round) + std::string(50, 'x'));
}

void expect_round(Store& store, int round, const ReadOptions& options) {
  const Session::Pairs pairs = all(store, options);
  ASSERT_EQ(pairs.size(), static_cast<std::size_t>(kKeys));
  for (const auto& [key, value] : pairs) ASSERT_EQ(value, std::to_string(round) + std::string(50, 'x')) << key;
}

// Goal: an old snapshot costs one version of a key, not all that were written since. Method: a round of puts, a
// snapshot, twenty rounds, a merge of all; a scan of now. Expectation: two versions of each key; both moments are
// right; the scan reads the tables once, and they are those of two versions.
TEST(Snapshots, AnOldOneKeepsOneVersionOfAKey) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  Options options = tree_options();
  options.block_cache_bytes = 0;
  const auto store = open_store(fs, options);
  write_round(*store, 0);
  std::optional<Snapshot> held = store->snapshot().value();
  for (int round = 1; round <= 20; ++round) write_round(*store, round);
  ASSERT_TRUE(store->compact_range({}).ok());
  EXPECT_EQ(entries_of(*store), 2U * kKeys);
  EXPECT_LT(held->at(), store->history_floor());
  ASSERT_NO_FATAL_FAILURE(expect_round(*store, 0, held->read()));
  const std::uint64_t before = store->stats().blocks_read_bytes;
  ASSERT_NO_FATAL_FAILURE(expect_round(*store, 20, {}));
  EXPECT_LT(store->stats().blocks_read_bytes - before, 2U * kKeys * 100U);
  held.reset();
  write_round(*store, 21);
  ASSERT_TRUE(store->compact_range({}).ok());
  EXPECT_EQ(entries_of(*store), 1U * kKeys);
}

// Goal: each of many snapshots keeps its moment through flushes and merges, and nothing between them is kept. Method:
// three rounds, a snapshot, and so on four times; everything merged; one of them released at a time and merged again.
// Expectation: a version a key for each snapshot and for now; the moments beside them are refused.
TEST(Snapshots, NothingBetweenThemIsKept) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  const auto store = open_store(fs, tree_options());
  std::vector<std::pair<Snapshot, int>> held;
  int round = 0;
  for (int i = 0; i < 4; ++i) {
    for (int each = 0; each < 3; ++each) write_round(*store, ++round);
    held.emplace_back(store->snapshot().value(), round);
  }
  while (!held.empty()) {
    write_round(*store, ++round);
    ASSERT_TRUE(store->compact_range({}).ok());
    EXPECT_EQ(entries_of(*store), (held.size() + 1) * kKeys);
    ASSERT_NO_FATAL_FAILURE(expect_round(*store, round, {}));
    for (const auto& [snapshot, shown] : held) {
      ASSERT_NO_FATAL_FAILURE(expect_round(*store, shown, snapshot.read()));
      EXPECT_EQ(code_at(*store, Timestamp{snapshot.at().ticks + 1}), Code::kOutOfRange);
      EXPECT_EQ(code_at(*store, Timestamp{snapshot.at().ticks - 1}), Code::kOutOfRange);
    }
    const Timestamp at = held[held.size() / 2].first.at();
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(held.size() / 2));
    EXPECT_EQ(code_at(*store, at), Code::kOutOfRange) << "nobody holds it any more";
  }
}

// Goal: deletes hide from later readers what a snapshot still shows. Method: puts, a snapshot, then removes of half of
// the keys and a range delete over the rest, with a retention of 0; merged; the snapshot is released, and all is merged
// again. Expectation: the snapshot shows everything, now nothing; an iterator of the snapshot outlives it; at last the
// tree is empty.
TEST(Snapshots, DeletesAfterThemHideNothingFromThem) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  const auto store = open_store(fs, tree_options());
  write_round(*store, 1);
  ASSERT_TRUE(store->flush().ok());
  std::optional<Snapshot> held = store->snapshot().value();
  for (int i = 0; i < kKeys; i += 2) ASSERT_TRUE(store->remove("k" + std::to_string(i)).ok());
  ASSERT_TRUE(store->remove_range("k", "l").ok());
  for (int merges = 0; merges < 2; ++merges) {
    ASSERT_TRUE(store->compact_range({}).ok());
    ASSERT_NO_FATAL_FAILURE(expect_round(*store, 1, held->read()));
    EXPECT_EQ(all(*store), Session::Pairs());
    EXPECT_EQ(get(*store, "k1"), std::nullopt);
  }
  const auto cursor = store->session().iterator({}, held->read()).value();
  held.reset();
  ASSERT_TRUE(store->compact_range({}).ok());
  EXPECT_EQ(entries_of(*store), 0U);
  int shown = 0;
  for (cursor->seek_to_first(); cursor->valid(); cursor->next()) ++shown;
  EXPECT_EQ(shown, kKeys);
}

// Goal: copies and later opens know no snapshots of this store. Method: a snapshot, newer versions, a merge, a
// checkpoint; the checkpoint and, after a close, the store itself are opened, also for reading only. Expectation: they
// show the newest versions, and refuse the snapshot's moment.
TEST(Snapshots, EndWithTheStore) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  Timestamp at;
  {
    const auto store = open_store(fs, tree_options());
    write_round(*store, 1);
    const Snapshot held = store->snapshot().value();
    at = held.at();
    for (int round = 2; round <= 3; ++round) write_round(*store, round);
    ASSERT_TRUE(store->compact_range({}).ok());
    ASSERT_TRUE(store->checkpoint("copy").ok());
    ASSERT_NO_FATAL_FAILURE(expect_round(*store, 1, held.read()));
    ASSERT_TRUE(store->close().ok());
  }
  for (const char* directory : {"copy", "store"}) {
    Options options = tree_options();
    options.data_dir = directory;
    const auto reader = Store::open_read_only(fs, options).value();
    ASSERT_NO_FATAL_FAILURE(expect_round(*reader, 3, {}));
    EXPECT_EQ(code_at(*reader, at), Code::kOutOfRange);
    ASSERT_TRUE(reader->close().ok());
    const auto store = open_store(fs, options);
    ASSERT_NO_FATAL_FAILURE(expect_round(*store, 3, {}));
    EXPECT_EQ(code_at(*store, at), Code::kOutOfRange);
  }
}

}  // namespace
}  // namespace mylonite::testing
