#include <mylonite/write_batch.h>

#include "core/format/batch_reader.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <vector>

#include "tests/support/entries.h"

namespace mylonite {
namespace {

struct Operation {
  std::string key;
  std::optional<std::string> value;  // empty: remove
  bool operator==(const Operation&) const = default;
};

std::vector<Operation> read_all(const WriteBatch& batch) {
  std::vector<Operation> result;
  BatchReader reader(batch.encoded());
  for (BatchEntry entry; reader.next(entry);) {
    result.push_back({.key = std::string(entry.key), .value = {}});
    if (entry.kind == Kind::kPut) result.back().value = entry.value;
  }
  EXPECT_FALSE(reader.damaged());
  return result;
}

std::vector<Operation> random_operations(Random& random) {
  std::vector<Operation> operations;
  for (std::uint64_t left = random.below(30); left > 0; --left) {
    operations.push_back({.key = testing::random_user_key(random), .value = {}});
    if (random.chance(2, 3)) operations.back().value = testing::random_value(random);
  }
  return operations;
}

WriteBatch batch_of(const std::vector<Operation>& operations) {
  WriteBatch batch;
  for (const Operation& operation : operations) {
    operation.value ? batch.put(operation.key, *operation.value) : batch.remove(operation.key);
  }
  return batch;
}

// Goal: a batch gives back its operations in order. Method: random operations. Expect: the same; clear empties it.
TEST(WriteBatch, RoundTrips) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const std::vector<Operation> operations = random_operations(random);
    WriteBatch batch = batch_of(operations);
    ASSERT_EQ(batch.count(), operations.size());
    ASSERT_EQ(read_all(batch), operations);
    batch.clear();
    ASSERT_EQ(batch.count(), 0U);
    ASSERT_TRUE(batch.encoded().empty());
  }
}

// Goal: collapsing keeps the last operation of each key, in place. Method: random operations with many equal keys
// against the definition. Expect: the operations that no later one of the same key supersedes.
TEST(WriteBatch, CollapsesToTheLastOfEachKey) {
  std::size_t dropped = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const std::vector<Operation> operations = random_operations(random);
    std::map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < operations.size(); ++i) last[operations[i].key] = i;
    std::vector<Operation> expected;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (last[operations[i].key] == i) expected.push_back(operations[i]);
    }
    const WriteBatch collapsed = batch_of(operations).collapsed();
    ASSERT_EQ(read_all(collapsed), expected);
    ASSERT_EQ(collapsed.count(), expected.size());
    dropped += operations.size() - expected.size();
  }
  EXPECT_GT(dropped, 100U);
}

// Goal: the effect of a batch with range deletes does not depend on collapsing it, and within a collapsed one no point
// entry is covered by a range delete that came after it. Method: random operations applied in order to a map, against
// the collapsed batch's range deletes first and its point entries after. Expect: equal maps.
TEST(WriteBatch, CollapsesWhatALaterRangeDeleteCovers) {
  using Map = std::map<std::string, std::string, std::less<>>;
  const auto erase = [](Map& map, const BatchEntry& range) {
    map.erase(map.lower_bound(range.key), map.lower_bound(range.value));
  };
  std::size_t ranges = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    Map before;
    for (int i = 0; i < 20; ++i) before[testing::random_user_key(random)] = "old";
    Map expected = before;
    WriteBatch batch;
    for (const Operation& operation : random_operations(random)) {
      std::string other = testing::random_user_key(random);
      if (random.chance(1, 4) && operation.key < other) {
        batch.remove_range(operation.key, other);
        erase(expected, {.kind = Kind::kRangeDelete, .key = operation.key, .value = other});
        ++ranges;
      } else if (operation.value) {
        batch.put(operation.key, *operation.value);
        expected[operation.key] = *operation.value;
      } else {
        batch.remove(operation.key);
        expected.erase(operation.key);
      }
    }
    const WriteBatch collapsed = batch.collapsed();
    BatchReader first(collapsed.encoded());
    for (BatchEntry entry; first.next(entry);) {
      if (entry.kind == Kind::kRangeDelete) erase(before, entry);
    }
    BatchReader second(collapsed.encoded());
    for (BatchEntry entry; second.next(entry);) {
      if (entry.kind == Kind::kPut) before[std::string(entry.key)] = entry.value;
      if (entry.kind == Kind::kDelete) before.erase(std::string(entry.key));
    }
    ASSERT_EQ(before, expected) << "seed " << seed;
  }
  EXPECT_GT(ranges, 300U);
}

// Goal: limits are refused by name and size. Method: a key one byte too long, one that just fits. Expect: the error.
TEST(WriteBatch, ChecksLimits) {
  WriteBatch batch;
  batch.put(std::string(kKeyBytesMax, 'k'), "v");
  EXPECT_TRUE(batch.check_limits().ok());
  batch.remove(std::string(kKeyBytesMax + 1, 'k'));
  const Status checked = batch.check_limits();
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(checked.error().message(), "a key of 65537 bytes; the limit is 65536");
  WriteBatch backward;
  backward.remove_range("b", "a");
  EXPECT_FALSE(backward.check_limits().ok());
  WriteBatch nothing;
  nothing.remove_range("a", "a");
  EXPECT_EQ(nothing.count(), 0U);
}

// Goal: what is in a batch can be looked at. Method: every kind of operation, one key twice, an empty range; then
// cleared. Expectation: as given, in order, duplicates included and the empty range left out; nothing.
TEST(WriteBatch, TellsItsOperations) {
  using Kind = BatchOperation::Kind;
  WriteBatch batch;
  batch.put("k", "1");
  batch.remove("k");
  batch.remove_range("a", "a");
  batch.remove_range("", "m");
  batch.put("", "");
  const std::vector<BatchOperation> expected = {{.kind = Kind::kPut, .key = "k", .value = "1"},
                                                {.kind = Kind::kRemove, .key = "k"},
                                                {.kind = Kind::kRemoveRange, .key = "", .high = "m"},
                                                {.kind = Kind::kPut, .key = ""}};
  EXPECT_EQ(batch.operations(), expected);
  batch.clear();
  EXPECT_TRUE(batch.operations().empty());
}

// Goal: a range without an end covers what stands before it in the batch, and gets a bound. Method: puts before and
// behind it; collapsed, then bounded; a range that begins at the bound; a logged form with an open end. Expectation:
// what stands before it is left out; two keys; the range of one key; damage.
TEST(WriteBatch, RangesToTheEnd) {
  using Kind = BatchOperation::Kind;
  WriteBatch batch;
  batch.put("x", "1");
  batch.put("a", "1");
  batch.remove_range("b", std::nullopt);
  batch.put("y", "2");
  EXPECT_TRUE(batch.check_limits().ok());
  const WriteBatch collapsed = batch.collapsed();
  ASSERT_TRUE(collapsed.has_open_range());
  const std::vector<BatchOperation> expected = {{.kind = Kind::kPut, .key = "a", .value = "1"},
                                                {.kind = Kind::kRemoveRange, .key = "b"},
                                                {.kind = Kind::kPut, .key = "y", .value = "2"}};
  EXPECT_EQ(collapsed.operations(), expected);
  const WriteBatch bounded = collapsed.bounded("z");
  EXPECT_FALSE(bounded.has_open_range());
  EXPECT_EQ(bounded.operations().at(1).high, "z");
  EXPECT_EQ(collapsed.bounded("b").operations().at(1).high, std::string_view("b\0", 2));
  BatchReader logged(collapsed.encoded());
  for (BatchEntry entry; logged.next(entry);) EXPECT_EQ(entry.kind, mylonite::Kind::kPut);
  EXPECT_TRUE(logged.damaged());
  WriteBatch backward;
  backward.remove_range("b", "");
  EXPECT_FALSE(backward.check_limits().ok());
}

// Goal: a reader takes any bytes (run it under ASan, too). Method: every cut of a batch, unknown kinds, random bytes.
// Expect: damaged, or a whole number of operations; a range that is none is refused.
TEST(BatchReader, RefusesDamage) {
  const auto damaged = [](std::string_view bytes, std::size_t& count) {
    BatchReader reader(bytes);
    count = 0;
    for (BatchEntry entry; reader.next(entry);) ++count;
    return reader.damaged();
  };
  WriteBatch batch;
  batch.put("key", "value");
  const std::string whole(batch.encoded());
  std::size_t count = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    ASSERT_TRUE(damaged(std::string(whole, 0, size), count));
    ASSERT_EQ(count, 0U);
  }
  EXPECT_FALSE(damaged(whole, count));
  EXPECT_EQ(count, 1U);
  EXPECT_FALSE(damaged("", count));
  EXPECT_TRUE(damaged(std::string("\x00\x01k", 3), count));
  EXPECT_TRUE(damaged(std::string("\x00\x01k\x01k", 5), count));
  EXPECT_FALSE(damaged(std::string("\x00\x01k\x01l", 5), count));
  EXPECT_TRUE(damaged(std::string("\x03\x01k", 3), count));
  Random random(4);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes;
    for (std::uint64_t left = random.below(12); left > 0; --left) bytes += static_cast<char>(random.below(5));
    damaged(bytes, count);
    ASSERT_LE(count, bytes.size() / 2);
  }
}

}  // namespace
}  // namespace mylonite
