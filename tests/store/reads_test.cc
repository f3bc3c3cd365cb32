// Point reads beyond a plain get: many keys at one moment, and into the caller's buffer.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using Values = Session::Values;

class Reads : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, Reads, ::testing::Bool(), disk_name);

// Goal: multi_get answers as get does. Method: keys in tables and in memory, one removed, one never there, one asked
// for twice, out of order; now, and as of before; none at all. Expectation: what get says of each, in the order asked.
TEST_P(Reads, ManyKeysAtOnce) {
  const auto store = open_store(disk_.fs(), options_);
  put(*store, "a", "1");
  put(*store, "b", "1");
  ASSERT_TRUE(store->flush().ok());
  const auto before = store->snapshot().value();
  put(*store, "a", "2");
  ASSERT_TRUE(store->remove("b").ok());
  const std::vector<std::string_view> keys = {"c", "b", "a", "", "a"};
  EXPECT_EQ(store->multi_get(keys).value(), (Values{std::nullopt, std::nullopt, "2", std::nullopt, "2"}));
  EXPECT_EQ(store->multi_get(keys, before.read()).value(), (Values{std::nullopt, "1", "1", std::nullopt, "1"}));
  EXPECT_EQ(store->multi_get({}).value(), Values{});
  Session session = store->session();
  EXPECT_EQ(session.multi_get(keys).value().at(2), "2");
  EXPECT_EQ(session.read_at(), store->snapshot().value().at());
  EXPECT_EQ(store->multi_get(keys, {.as_of = kTimestampMax}).error().code(), Code::kOutOfRange);
  ASSERT_TRUE(store->close().ok());
  EXPECT_EQ(store->multi_get(keys).error().code(), Code::kClosed);
}

// Goal: all keys are read at one moment. Method: a thread writes the same value to eight keys, batch after batch, while
// another reads all eight. Expectation: every answer holds one value eight times, or nothing eight times.
TEST_P(Reads, ManyKeysAreOfOneMoment) {
  const auto store = open_store(disk_.fs(), options_);
  const std::vector<std::string_view> keys = {"a", "b", "c", "d", "e", "f", "g", "h"};
  std::atomic<bool> done{false};
  {
    const rt::Thread writer("writer", [&] {
      for (int i = 0; i < 300; ++i) {
        WriteBatch batch;
        for (const std::string_view key : keys) batch.put(key, std::to_string(i));
        EXPECT_TRUE(store->write(batch).ok());
      }
      done = true;
    });
    while (!done) {
      const Values values = store->multi_get(keys).value();
      for (const auto& value : values) ASSERT_EQ(value, values.front());
    }
  }
  EXPECT_EQ(store->multi_get(keys).value(), Values(keys.size(), "299"));
}

// Goal: get_into keeps the caller's memory. Method: a buffer with room for the longest value; values of several sizes
// from memory and from a table, an absent key, and an error between. Expectation: the value of get; the same bytes in
// memory throughout; empty unless a value was found.
TEST_P(Reads, IntoTheCallersBuffer) {
  const auto store = open_store(disk_.fs(), options_);
  const std::string longest(900, 'x');
  put(*store, "long", longest);
  put(*store, "empty", "");
  ASSERT_TRUE(store->flush().ok());
  put(*store, "short", "s");
  std::string value;
  value.reserve(1000);
  const char* const bytes = value.data();
  Session session = store->session();
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(session.get_into("long", value).value());
    EXPECT_EQ(value, longest);
    EXPECT_TRUE(session.get_into("short", value).value());
    EXPECT_EQ(value, "s");
    EXPECT_FALSE(store->get_into("absent", value).value());
    EXPECT_EQ(value, "");
    EXPECT_TRUE(store->get_into("long", value).value());
    EXPECT_EQ(session.get_into("short", value, {.as_of = kTimestampMax}).error().code(), Code::kOutOfRange);
    EXPECT_EQ(value, "");
    EXPECT_TRUE(store->get_into("empty", value).value());
    EXPECT_EQ(value, "");
    EXPECT_EQ(value.data(), bytes);
    EXPECT_EQ(value.capacity(), 1000U);
  }
  ASSERT_TRUE(store->close().ok());
  value = "left over";
  EXPECT_EQ(store->get_into("long", value).error().code(), Code::kClosed);
  EXPECT_EQ(value, "");
}

}  // namespace
}  // namespace mylonite::testing
