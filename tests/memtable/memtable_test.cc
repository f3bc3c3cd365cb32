#include "core/memtable/memtable.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "core/base/hash.h"
#include "core/rt/rt.h"
#include "tests/support/entries.h"

namespace mylonite {
namespace {

using testing::Entries;

void add(Memtable& table, std::string_view key, std::string_view value) {
  const ParsedKey parsed = parse_internal_key(key);
  table.add(parsed.user_key, parsed.at, parsed.kind, value);
}

// Goal: a memtable is the sorted map of its entries. Method: random entries in random order, then a random walk, for
// many seeds and sizes, the empty table included. Expect: the cursor and the map agree at every step, both ways.
TEST(Memtable, IteratesLikeASortedMap) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Entries model = testing::random_entries(random, seed * 5, 20);
    std::vector<const Entries::value_type*> order;
    for (const auto& entry : model) order.push_back(&entry);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    Memtable table;
    for (const auto* entry : order) add(table, entry->first, entry->second);
    ASSERT_EQ(table.entries(), model.size());
    const auto cursor = table.iterator();
    ASSERT_FALSE(cursor->valid());
    ASSERT_NO_FATAL_FAILURE(testing::walk(*cursor, model, random, 400)) << "seed " << seed;
  }
}

// Goal: get finds the newest version that is not above the stamp, deletes included. Method: every key of a random
// model and random other keys, at every stamp. Expect: what the model says.
TEST(Memtable, GetsTheNewestVersionNotAboveTheStamp) {
  Random random(7);
  const Entries model = testing::random_entries(random, 600, 20);
  Memtable table;
  for (const auto& [key, value] : model) add(table, key, value);
  for (int i = 0; i < 4000; ++i) {
    const std::string key = testing::random_user_key(random);
    const Timestamp at{random.below(22)};
    const auto found = table.get(key, at);
    const auto expected = testing::newest(model, key, at);
    ASSERT_EQ(found.has_value(), expected != model.end());
    if (!found) continue;
    ASSERT_EQ(found->at, parse_internal_key(expected->first).at);
    ASSERT_EQ(found->kind, parse_internal_key(expected->first).kind);
    ASSERT_EQ(found->value, expected->second);
  }
}

// Goal: bytes() is the documented sum, and an entry that is there already changes nothing.
// Method: known entries, one of them twice. Expect: the sum; the first value stays.
TEST(Memtable, CountsLogicalBytesAndIgnoresRepeats) {
  Memtable table;
  table.add("key", Timestamp{1}, Kind::kPut, "value");
  table.add("", Timestamp{1}, Kind::kPut, "");
  table.add("key", Timestamp{2}, Kind::kDelete, "");
  EXPECT_EQ(table.bytes(), 3 + 5 + 3 + 3 * Memtable::kEntryOverheadBytes);
  table.add("key", Timestamp{1}, Kind::kPut, "other");
  EXPECT_EQ(table.bytes(), 3 + 5 + 3 + 3 * Memtable::kEntryOverheadBytes);
  EXPECT_EQ(table.entries(), 3U);
  EXPECT_EQ(table.get("key", Timestamp{1})->value, "value");
}

// Keys that make trees deep and prefixes shrink, by kind: ascending, descending, random decimals, ever shorter shared
// prefixes, one key with many versions.
std::string key_of_kind(int kind, std::uint64_t i, std::uint64_t count) {
  const std::string digits = std::to_string(1'000'000'000 + i);
  switch (kind) {
    case 0: return "table/rows/" + digits;
    case 1: return "table/rows/" + std::to_string(1'000'000'000 + count - i);
    case 2: return "table/rows/" + std::to_string(1'000'000'000 + mix64(i) % 1'000'000'000);
    case 3: return std::string(count / 16 - i / 16, 'p') + digits;
    default: return "one";
  }
}

// Goal: trees of many levels, and trees that were copied for a shorter prefix, are sorted maps still. Method: each kind
// of keys, thousands of entries, then seeks to all of them, to places beside them, and walks both ways. Expectation:
// what a sorted map says.
TEST(Memtable, IsASortedMapWhenDeep) {
  for (int kind = 0; kind < 5; ++kind) {
    SCOPED_TRACE(kind);
    const std::uint64_t count = kind == 3 ? 1600 : 30'000;
    Memtable table;
    Entries model;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string key = key_of_kind(kind, i, count);
      table.add(key, Timestamp{i + 1}, Kind::kPut, std::to_string(i));
      model.emplace(internal_key(key, Timestamp{i + 1}, Kind::kPut), std::to_string(i));
    }
    ASSERT_EQ(table.entries(), model.size());
    const auto cursor = table.iterator();
    Random random(9);
    ASSERT_NO_FATAL_FAILURE(testing::walk(*cursor, model, random, 400));
    for (auto place = model.begin(); place != model.end(); ++place) {
      cursor->seek(place->first);
      ASSERT_TRUE(cursor->valid());
      ASSERT_EQ(cursor->key(), place->first);
      const ParsedKey at = parse_internal_key(place->first);
      const auto older = table.get(at.user_key, Timestamp{at.at.ticks - 1});
      const auto expected = testing::newest(model, at.user_key, Timestamp{at.at.ticks - 1});
      ASSERT_EQ(older.has_value(), expected != model.end());
    }
  }
}

// Goal: a cursor that stands in nodes which were replaced meanwhile still meets all that was there when it seeked, in
// order. Method: a cursor in the middle of old entries while ten times as many new ones, with new prefixes, come in
// around it; then it walks to either end. Expectation: every old entry on its way, keys in order.
TEST(Memtable, CursorsOutliveTheNodesTheyStandIn) {
  for (bool forward : {true, false}) {
    Memtable table;
    for (std::uint64_t i = 0; i < 2000; ++i)
      table.add("key" + std::to_string(10'000 + i * 2), Timestamp{1}, Kind::kPut, "old");
    const auto cursor = table.iterator();
    cursor->seek(internal_key("key12000", kTimestampMax, Kind::kPut));
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const std::uint64_t draw = mix64(i);
      const std::string key = (draw % 7 == 0 ? "ke" : "key") + std::to_string(10'000 + draw % 4000);
      table.add(key, Timestamp{i + 2}, Kind::kPut, "new");
    }
    std::uint64_t old = 0;
    std::string before;
    for (; cursor->valid(); forward ? cursor->next() : cursor->prev()) {
      if (!before.empty()) {
        ASSERT_EQ(compare_internal(before, cursor->key()) < 0, forward);
      }
      before = cursor->key();
      old += cursor->value() == "old" ? 1 : 0;
    }
    EXPECT_EQ(old, forward ? 1000U : 1001U);
  }
}

// Goal: entries far larger than the arena's chunks work. Method: values of up to 5 MiB between small ones. Expect: all
// come back.
TEST(Memtable, HoldsLargeValues) {
  Memtable table;
  for (std::uint64_t i = 0; i < 20; ++i) {
    table.add("k", Timestamp{i + 1}, Kind::kPut, std::string((i % 2) * (5 << 20) + i, static_cast<char>('a' + i)));
  }
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto found = table.get("k", Timestamp{i + 1});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->value, std::string((i % 2) * (5 << 20) + i, static_cast<char>('a' + i)));
  }
}

// One reader's loop: what was published before the read must be found whole, and walks are ordered.
void read_while_written(const Memtable& table, const std::atomic<std::uint64_t>& published, std::uint64_t last,
                        Random random) {
  const auto cursor = table.iterator();
  for (;;) {
    const std::uint64_t seen = published.load(std::memory_order_acquire);
    if (seen > 0) {
      const std::uint64_t stamp = random.between(1, seen);
      const std::string key = "key" + std::to_string(mix64(stamp) % 500);
      const auto found = table.get(key, Timestamp{stamp});
      ASSERT_TRUE(found);
      ASSERT_EQ(found->at.ticks, stamp);
      ASSERT_EQ(found->value, std::to_string(stamp));
    }
    std::string before;
    std::uint64_t count = 0;
    const bool forward = random.chance(1, 2);
    for (forward ? cursor->seek_to_first() : cursor->seek_to_last(); cursor->valid() && count < 300;
         forward ? cursor->next() : cursor->prev(), ++count) {
      if (count > 0) {
        ASSERT_EQ(compare_internal(before, cursor->key()) < 0, forward);
      }
      before = cursor->key();
    }
    ASSERT_LE(table.bytes(), last * (Memtable::kEntryOverheadBytes + 12));
    if (seen == last) return;
  }
}

// Goal: readers beside the writer see each published entry whole, in order (run it under TSan, too). Method: one
// writer publishes stamps, three readers get random published stamps and walk both ways. Expect: nothing missing.
TEST(Memtable, ServesReadersBesideTheWriter) {
  constexpr std::uint64_t kLast = 20000;
  Memtable table;
  std::atomic<std::uint64_t> published{0};
  std::vector<rt::Thread> readers;
  for (std::uint64_t i = 0; i < 3; ++i) {
    readers.emplace_back("reader", [&, i] { read_while_written(table, published, kLast, Random(i)); });
  }
  for (std::uint64_t stamp = 1; stamp <= kLast; ++stamp) {
    table.add("key" + std::to_string(mix64(stamp) % 500), Timestamp{stamp}, Kind::kPut, std::to_string(stamp));
    published.store(stamp, std::memory_order_release);
  }
  for (rt::Thread& reader : readers) reader.join();
  EXPECT_EQ(table.entries(), kLast);
}

}  // namespace
}  // namespace mylonite
