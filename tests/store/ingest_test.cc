// Bulk load through the store.
#include <gtest/gtest.h>

#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

class Numbers final : public IngestSource {
 public:
  Numbers(int first, int end, std::string value) : next_(first), end_(end), value_(std::move(value)) {}
  void fail_at_end() { fails_ = true; }
  Result<bool> next(std::string_view& key, std::string_view& value) override {
    if (next_ == end_ && fails_) return Error(Code::kIo, "the stream broke off");
    if (next_ == end_) return false;
    key_ = "key" + std::to_string(next_++);
    key = key_;
    value = value_;
    return true;
  }

 private:
  int next_;
  int end_;
  bool fails_ = false;
  std::string value_;
  std::string key_;
};

// Goal: an ingested stream is one write: newer than what was there, older than what follows, seen whole at its stamp,
// there after reopening. Method: puts before and after, a snapshot before, both kinds of disk.
TEST(Ingest, IsOneWrite) {
  for (const bool real : {false, true}) {
    TestDisk disk(real);
    auto store = open_store(disk.fs(), small_options());
    put(*store, "key150", "old");
    put(*store, "key900", "stays");
    const Timestamp before = put(*store, "key151", "old");
    {
      const auto held = store->snapshot();
      Numbers source(100, 400, std::string(50, 'n'));
      const auto at = store->ingest(source);
      ASSERT_TRUE(at.ok()) << at.error().to_string();
      EXPECT_GT(*at, before);
      EXPECT_GT(put(*store, "key152", "new"), *at);
      EXPECT_EQ(all(*store, held->read()).size(), 3U);
      EXPECT_EQ(get(*store, "key150", held->read()), "old");
      EXPECT_EQ(all(*store, {.as_of = *at}).size(), 301U);
      EXPECT_EQ(get(*store, "key152", {.as_of = *at}), std::string(50, 'n'));
    }
    for (int life = 0; life < 2; ++life) {
      EXPECT_EQ(get(*store, "key150"), std::string(50, 'n'));
      EXPECT_EQ(get(*store, "key152"), "new");
      EXPECT_EQ(get(*store, "key900"), "stays");
      EXPECT_EQ(all(*store).size(), 301U);
      ASSERT_TRUE(store->close().ok());
      store = open_store(disk.fs(), small_options());
    }
  }
}

// Goal: a stream that breaks off is not taken for one that ends. Method: an error after some tables' worth.
// Expectation: that error; equal contents and files; the next stream goes in.
TEST(Ingest, SourceFails) {
  TestDisk disk(false);
  auto store = open_store(disk.fs(), small_options());
  const Timestamp before = put(*store, "a", "1");
  ASSERT_TRUE(store->flush().ok());
  const auto files = names_of(disk.fs(), "sst-");
  Numbers source(1000, 2000, std::string(50, 'n'));
  source.fail_at_end();
  const auto at = store->ingest(source);
  ASSERT_FALSE(at.ok());
  EXPECT_EQ(at.error().to_string(), "I/O error: the stream broke off");
  EXPECT_EQ(names_of(disk.fs(), "sst-"), files);
  EXPECT_EQ(all(*store).size(), 1U);
  Numbers empty(1, 1, "");
  EXPECT_GT(store->ingest(empty).value(), before);
  EXPECT_EQ(all(*store).size(), 1U);
  Numbers whole(1000, 1010, "n");
  ASSERT_TRUE(store->ingest(whole).ok());
  EXPECT_EQ(all(*store).size(), 11U);
}

// Goal: a bad stream changes nothing and leaves no file. Method: keys out of order after some tables' worth, an empty
// stream. Expectation: kInvalidArgument naming the pair; equal contents and files; writes go on.
TEST(Ingest, RefusesKeysOutOfOrder) {
  TestDisk disk(false);
  auto store = open_store(disk.fs(), small_options());
  put(*store, "a", "1");
  ASSERT_TRUE(store->flush().ok());
  const auto files = names_of(disk.fs(), "sst-");
  Numbers source(1, 2000, std::string(50, 'n'));  // "key10" comes before "key2"
  const auto at = store->ingest(source);
  ASSERT_FALSE(at.ok());
  EXPECT_EQ(at.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(at.error().message(), "pair 9 of the stream: key 'key10' does not come after 'key9'");
  EXPECT_EQ(names_of(disk.fs(), "sst-"), files);
  Numbers empty(1, 1, "");
  EXPECT_TRUE(store->ingest(empty).ok());
  put(*store, "b", "2");
  EXPECT_EQ(all(*store).size(), 2U);
}

}  // namespace
}  // namespace mylonite::testing
