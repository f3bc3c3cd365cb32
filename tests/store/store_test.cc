#include <algorithm>
#include <map>

#include "core/store/internals.h"
#include "core/version/version.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using Pairs = Session::Pairs;

class StoreApi : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, StoreApi, ::testing::Bool(), disk_name);

// Goal: a store is a map. Method: put, overwrite, remove, empty key, empty value; read before and after reopening.
// Expectation: what a map would say; a missing key is an empty optional.
TEST_P(StoreApi, ReadsWhatWasWritten) {
  const Pairs expected = {{"", "empty key"}, {"a", "2"}, {"c", ""}};
  {
    const auto store = open_store(disk_.fs(), options_);
    EXPECT_TRUE(store->recovery().created);
    put(*store, "a", "1");
    put(*store, "b", "1");
    put(*store, "", "empty key");
    put(*store, "a", "2");
    put(*store, "c", "");
    ASSERT_TRUE(store->remove("b").ok());
    ASSERT_TRUE(store->remove("never there").ok());
    EXPECT_EQ(get(*store, "a"), "2");
    EXPECT_EQ(get(*store, "b"), std::nullopt);
    EXPECT_EQ(get(*store, "c"), "");
    EXPECT_EQ(all(*store), expected);
    EXPECT_EQ(store->range({.low = "a", .high = "c"}).value(), (Pairs{{"a", "2"}}));
    EXPECT_EQ(store->range({.low = "c", .high = "a"}).value(), Pairs{});
    ASSERT_TRUE(store->close().ok());
  }
  const auto store = open_store(disk_.fs(), options_);
  EXPECT_FALSE(store->recovery().created);
  EXPECT_TRUE(store->recovery().clean_close);
  EXPECT_EQ(all(*store), expected);
}

// Goal: batches are whole, of one stamp, and the last of duplicate keys wins. Method: a batch that puts, removes and
// puts again; an empty batch. Expectation: one stamp for all, the last operation of each key; an empty one is no write.
TEST_P(StoreApi, BatchesWithDuplicates) {
  const auto store = open_store(disk_.fs(), options_);
  const Timestamp before = put(*store, "x", "old");
  WriteBatch batch;
  batch.put("x", "1");
  batch.put("y", "1");
  batch.remove("x");
  batch.put("y", "2");
  batch.remove("z");
  batch.put("z", "3");
  const Timestamp at = store->write(batch).value();
  EXPECT_GT(at, before);
  EXPECT_EQ(all(*store), (Pairs{{"y", "2"}, {"z", "3"}}));
  EXPECT_EQ(all(*store, {.as_of = Timestamp{at.ticks - 1}}), (Pairs{{"x", "old"}}));
  EXPECT_EQ(store->write(WriteBatch()).value(), at);
  EXPECT_GT(put(*store, "w", ""), at);
}

// Goal: an iterator walks both ways and turns anywhere. Method: 300 keys over many tables and memtables, every third
// removed; a random walk beside a map. Expectation: the same place at every step, also within bounds.
TEST_P(StoreApi, IteratorsBothWays) {
  const auto store = open_store(disk_.fs(), options_);
  std::map<std::string, std::string> model;
  for (int i = 0; i < 300; ++i) {
    const std::string key = std::to_string(i * 7919 % 1000);
    put(*store, key, "v" + std::to_string(i));
    model[key] = "v" + std::to_string(i);
    if (i % 100 == 99) {
      ASSERT_TRUE(store->flush().ok());
    }
    if (i > 250 || i % 3 != 0) continue;
    ASSERT_TRUE(store->remove(std::to_string(i)).ok());
    model.erase(std::to_string(i));
  }
  put(*store, "in memory", "v");
  model["in memory"] = "v";
  EXPECT_GT(StoreInternals::version(*store)->tables().size(), 1U);
  Random random(1);
  const auto cursor = store->session().iterator().value();
  auto place = model.end();
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t choice = random.below(8);
    if (choice == 0 || place == model.end()) {
      const std::string target = std::to_string(random.below(1000));
      cursor->seek(target);
      place = model.lower_bound(target);
    } else if (choice == 1) {
      cursor->seek_to_last();
      place = std::prev(model.end());
    } else if (choice < 5) {
      cursor->next();
      ++place;
    } else {
      cursor->prev();
      place = place == model.begin() ? model.end() : std::prev(place);
    }
    ASSERT_EQ(cursor->valid(), place != model.end()) << i;
    if (!cursor->valid()) continue;
    ASSERT_EQ(cursor->key(), place->first);
    ASSERT_EQ(cursor->value(), place->second);
  }
  const Pairs bounded = store->range({.low = "2", .high = "4"}).value();
  EXPECT_EQ(bounded, Pairs(model.lower_bound("2"), model.lower_bound("4")));
}

// Goal: the past can be read. Method: a snapshot after every change of one key, through flushes; then all of them; a
// stamp in the future. Expectation: each snapshot shows its moment, before and after flushes; the future is
// kOutOfRange.
TEST_P(StoreApi, SnapshotsShowTheirMoment) {
  const auto store = open_store(disk_.fs(), options_);
  std::vector<std::pair<Snapshot, std::optional<std::string>>> moments;
  for (int i = 0; i < 60; ++i) {
    if (i % 5 == 4) {
      ASSERT_TRUE(store->remove("k").ok());
      moments.emplace_back(store->snapshot().value(), std::nullopt);
    } else {
      put(*store, "k", "v" + std::to_string(i) + std::string(200, 'x'));
      moments.emplace_back(store->snapshot().value(), get(*store, "k"));
    }
    if (i == 30) {
      ASSERT_TRUE(store->flush().ok());
    }
  }
  for (const auto& [snapshot, value] : moments) {
    EXPECT_EQ(get(*store, "k", snapshot.read()), value);
    EXPECT_EQ(all(*store, snapshot.read()).size(), value ? 1U : 0U);
  }
  const Timestamp future{moments.back().first.at().ticks + 1};
  EXPECT_EQ(store->get("k", {.as_of = future}).error().code(), Code::kOutOfRange);
  const auto before = store->get("k", {.as_of = Timestamp{store->history_floor().ticks - 1}});
  ASSERT_FALSE(before.ok());
  EXPECT_EQ(before.error().code(), Code::kOutOfRange);
}

// Goal: flush moves memory into tables and nothing else changes. Method: flush with data, again without.
// Expectation: tables appear once, old logs go, the content stays; sync answers success.
TEST_P(StoreApi, FlushAndSync) {
  options_.wal_flush_every_write = false;
  const auto store = open_store(disk_.fs(), options_);
  put(*store, "a", "1");
  ASSERT_TRUE(store->sync().ok());
  EXPECT_EQ(StoreInternals::version(*store)->tables().size(), 0U);
  ASSERT_TRUE(store->flush().ok());
  EXPECT_EQ(StoreInternals::version(*store)->tables().size(), 1U);
  ASSERT_TRUE(store->flush().ok());
  EXPECT_EQ(StoreInternals::version(*store)->tables().size(), 1U);
  EXPECT_EQ(get(*store, "a"), "1");
  ASSERT_TRUE(store->close().ok());
  EXPECT_EQ(names_of(disk_.fs(), "wal-").size(), 1U);
}

// Goal: after close every call says so, and nothing crashes. Method: close twice, then every call; an iterator and a
// session that outlive the close, and the store. Expectation: kClosed everywhere; the second close as the first.
TEST_P(StoreApi, UseAfterCloseIsRefused) {
  auto store = open_store(disk_.fs(), options_);
  put(*store, "a", "1");
  Session session = store->session();
  const auto cursor = session.iterator().value();
  cursor->seek_to_first();
  ASSERT_TRUE(cursor->valid());
  ASSERT_TRUE(store->close().ok());
  ASSERT_TRUE(store->close().ok());
  EXPECT_EQ(store->put("b", "2").error().code(), Code::kClosed);
  EXPECT_EQ(store->remove("b").error().code(), Code::kClosed);
  EXPECT_EQ(store->get("a").error().code(), Code::kClosed);
  EXPECT_EQ(store->range({}).error().code(), Code::kClosed);
  EXPECT_EQ(store->snapshot().error().code(), Code::kClosed);
  EXPECT_EQ(store->sync().error().code(), Code::kClosed);
  EXPECT_EQ(store->flush().error().code(), Code::kClosed);
  EXPECT_EQ(session.get("a").error().code(), Code::kClosed);
  EXPECT_EQ(session.iterator().error().code(), Code::kClosed);
  EXPECT_FALSE(cursor->valid());
  EXPECT_EQ(cursor->status().error().code(), Code::kClosed);
  cursor->seek_to_first();
  store.reset();
  EXPECT_FALSE(cursor->valid());
  EXPECT_EQ(session.get("a").error().code(), Code::kClosed);
}

// Goal: an iterator pins its moment. Method: opened, then everything is overwritten and flushed several times.
// Expectation: it shows what was there when it was made; a new one shows the new.
TEST_P(StoreApi, IteratorsOutliveFlushes) {
  const auto store = open_store(disk_.fs(), options_);
  for (int i = 0; i < 100; ++i) put(*store, std::to_string(1000 + i), "old");
  const auto cursor = store->session().iterator().value();
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 100; ++i) put(*store, std::to_string(1000 + i), "new" + std::to_string(round));
    ASSERT_TRUE(store->flush().ok());
  }
  int seen = 0;
  for (cursor->seek_to_first(); cursor->valid(); cursor->next(), ++seen) ASSERT_EQ(cursor->value(), "old");
  EXPECT_TRUE(cursor->status().ok());
  EXPECT_EQ(seen, 100);
  EXPECT_EQ(get(*store, "1050"), "new3");
}

// Goal: values larger than blocks, memtables, tables and logs work. Method: 20 MiB beside small ones; reopened, where
// replay must flush in the middle. Expectation: byte for byte.
TEST_P(StoreApi, LargeValues) {
  const std::string large(20U << 20, 'L');
  {
    const auto store = open_store(disk_.fs(), options_);
    put(*store, "a", "small");
    put(*store, "b", large);
    put(*store, "c", "small");
    put(*store, "b2", large);
    EXPECT_TRUE(get(*store, "b") == large);
    ASSERT_TRUE(store->close().ok());
  }
  const auto store = open_store(disk_.fs(), options_);
  EXPECT_TRUE(get(*store, "b") == large);
  EXPECT_TRUE(get(*store, "b2") == large);
  EXPECT_EQ(get(*store, "c"), "small");
}

// Goal: sizes beyond the limits are the caller's mistake and harm nothing. Method: the longest key, one byte more, a
// batch with one such key. Expectation: kInvalidArgument and nothing written; the longest key works.
TEST_P(StoreApi, LimitsAreChecked) {
  const auto store = open_store(disk_.fs(), options_);
  const std::string longest(kKeyBytesMax, 'k');
  put(*store, longest, "v");
  EXPECT_EQ(get(*store, longest), "v");
  EXPECT_EQ(store->put(longest + "k", "v").error().code(), Code::kInvalidArgument);
  WriteBatch batch;
  batch.put("ok", "v");
  batch.remove(longest + "k");
  EXPECT_EQ(store->write(batch).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(get(*store, "ok"), std::nullopt);
  EXPECT_EQ(get(*store, longest + "k"), std::nullopt);
}

// Goal: options may differ at every open. Method: written under some, read and written under others, with a bad one in
// between. Expectation: all data at every open; a bad option is kInvalidArgument before anything is touched.
TEST_P(StoreApi, OptionsMayChange) {
  Pairs expected;
  for (int round = 0; round < 6; ++round) {
    Options options = options_;
    options.memtable_max_bytes = round % 2 == 0 ? 1024 : 1 << 20;
    options.sstable_max_bytes = 1024U << round;
    options.block_bytes = 64U << round;
    options.wal_flush_every_write = round % 3 == 0;
    options.bloom_false_positive_rate = 0.5 / (1 << round);
    const auto store = open_store(disk_.fs(), options);
    EXPECT_EQ(all(*store), expected);
    for (int i = 0; i < 40; ++i) {
      expected.emplace_back(std::to_string(round * 100 + i + 1000), std::string(50, 'v'));
      put(*store, expected.back().first, expected.back().second);
    }
    ASSERT_TRUE(store->close().ok());
    options.max_levels = 0;
    EXPECT_EQ(open_code(disk_.fs(), options), Code::kInvalidArgument);
  }
}

// Goal: one opener. Method: a second open while the first lives, and after it closed. Expectation: kLocked, then
// success.
TEST_P(StoreApi, OneOpener) {
  const auto first = open_store(disk_.fs(), options_);
  EXPECT_EQ(open_code(disk_.fs(), options_), Code::kLocked);
  ASSERT_TRUE(first->close().ok());
  EXPECT_NE(open_store(disk_.fs(), options_), nullptr);
}

// Goal: a store object that is destroyed unclosed closes itself. Method: reopen after the destructor.
// Expectation: a clean close is reported, all data is there.
TEST_P(StoreApi, DestructorCloses) {
  put(*open_store(disk_.fs(), options_), "a", "1");
  const auto store = open_store(disk_.fs(), options_);
  EXPECT_TRUE(store->recovery().clean_close);
  EXPECT_EQ(get(*store, "a"), "1");
}

// Goal: the manifest is not written anew at every commit, however many tables there are. Method: a store that merges
// nothing, whose snapshot soon is longer than manifest_rotate_bytes; after each of 200 flushes, the manifest there is.
// Expectation: a handful of manifests, each at most twice its snapshot and an edit long; all is there after a reopen.
TEST(Store, ManifestIsReplacedSeldom) {
  TestDisk disk(false);
  Options options = small_options();
  options.compaction_policy = "none";
  options.manifest_rotate_bytes = 1024;
  std::vector<std::string> manifests;
  std::uint64_t first_bytes = 0;
  std::uint64_t before = 0;
  std::uint64_t edit_bytes_max = 0;
  {
    const auto store = open_store(disk.fs(), options);
    for (int i = 0; i < 200; ++i) {
      put(*store, "key" + std::to_string(i), "value");
      ASSERT_TRUE(store->flush().ok());
      const auto names = names_of(disk.fs(), "manifest-");
      ASSERT_EQ(names.size(), 1U);
      const std::uint64_t bytes = (*disk.fs().stat("store/" + names[0]).value()).size;
      if (manifests.empty() || manifests.back() != names[0]) {
        manifests.push_back(names[0]);
        first_bytes = bytes;
      } else {
        edit_bytes_max = std::max(edit_bytes_max, bytes - before);
      }
      before = bytes;
      EXPECT_LE(bytes, std::max(options.manifest_rotate_bytes, 2 * first_bytes) + edit_bytes_max);
    }
  }
  EXPECT_GT(first_bytes, 4 * options.manifest_rotate_bytes);
  EXPECT_GT(manifests.size(), 3U);
  EXPECT_LT(manifests.size(), 12U);
  EXPECT_EQ(all(*open_store(disk.fs(), options)).size(), 200U);
}

}  // namespace
}  // namespace mylonite::testing
