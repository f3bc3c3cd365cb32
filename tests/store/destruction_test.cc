// A store and what was made of it may go in any order: what is left answers kClosed.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/store/internals.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

// A store on the real disk that owns its file system, with tables beyond the files it may hold open, and a memtable.
std::unique_ptr<Store> filled_store(const Scratch& scratch) {
  Options options = small_options();
  options.data_dir = scratch.path("store");
  options.open_files_max = 1;
  options.block_cache_bytes = 0;
  options.compaction_policy = "none";
  auto store = Store::open(options);
  EXPECT_TRUE(store.ok()) << store.error().to_string();
  if (!store.ok()) return nullptr;
  for (int table = 0; table < 4; ++table) {
    for (int i = 0; i < 10; ++i) put(**store, "k" + std::to_string(i * 7 + table), std::string(50, 'v'));
    if (table == 3) break;  // stays in memory
    EXPECT_TRUE((*store)->flush().ok());
  }
  return std::move(*store);
}

// One of each thing that may outlive a store, in use.
struct Left {
  explicit Left(Store& store) : session(store.session()), snapshot(std::move(store.snapshot().value())) {
    iterator = std::move(session->iterator().value());
    iterator->seek("k2");
    history.emplace(StoreInternals::kept_versions(*session).value());
    history->entries->seek_to_first();
  }

  void refuses() {
    EXPECT_TRUE(iterator == nullptr || !iterator->valid());
    if (iterator != nullptr) {
      EXPECT_EQ(iterator->status().error().code(), Code::kClosed);
      const std::array<std::function<void()>, 3> moves = {
          [&] { iterator->seek("k3"); }, [&] { iterator->seek_to_first(); }, [&] { iterator->seek_to_last(); }};
      for (const auto& move : moves) {
        move();
        EXPECT_FALSE(iterator->valid());
      }
    }
    if (history) {
      history->entries->seek_to_last();
      EXPECT_FALSE(history->entries->valid());
      EXPECT_EQ(history->entries->status().error().code(), Code::kClosed);
    }
    if (!session) return;
    const ReadOptions then = snapshot ? snapshot->read() : ReadOptions();
    EXPECT_EQ(session->get("k1", then).error().code(), Code::kClosed);
    EXPECT_EQ(session->iterator().error().code(), Code::kClosed);
    EXPECT_EQ(session->range({}).error().code(), Code::kClosed);
    EXPECT_EQ(session->explain("k1").error().code(), Code::kClosed);
    EXPECT_EQ(StoreInternals::kept_versions(*session).error().code(), Code::kClosed);
  }

  std::optional<Session> session;
  std::optional<Snapshot> snapshot;
  std::unique_ptr<Iterator> iterator;
  std::optional<KeptVersions> history;
};

// Goal: no order of destruction leads to what is gone. Method: a session, an iterator, a snapshot, a history and the
// store that owns the file system beneath them, destroyed in each of the 120 orders; what is left is used in between.
// Expectation: once the store is gone all say kClosed; before, they read.
TEST(Destruction, AnyOrder) {
  std::array<int, 5> order = {0, 1, 2, 3, 4};
  do {
    const Scratch scratch;
    auto store = filled_store(scratch);
    ASSERT_NE(store, nullptr);
    Left left(*store);
    for (const int gone : order) {
      if (gone == 0) store.reset();
      if (gone == 1) left.session.reset();
      if (gone == 2) left.snapshot.reset();
      if (gone == 3) left.iterator.reset();
      if (gone == 4) left.history.reset();
      if (store == nullptr) {
        left.refuses();
      } else if (left.session) {
        EXPECT_TRUE(left.session->get("k1").ok());
      }
    }
  } while (std::ranges::next_permutation(order).found);
}

// Goal: a closed store that is still there refuses as one that is gone. Method: close; use all; close again.
// Expectation: kClosed from the store and from what was made of it; the second close gives the first answer.
TEST(Destruction, ClosedFirst) {
  const Scratch scratch;
  auto store = filled_store(scratch);
  ASSERT_NE(store, nullptr);
  Left left(*store);
  EXPECT_TRUE(store->close().ok());
  left.refuses();
  EXPECT_EQ(store->get("k1").error().code(), Code::kClosed);
  EXPECT_EQ(store->snapshot().error().code(), Code::kClosed);
  EXPECT_EQ(store->put("k", "v").error().code(), Code::kClosed);
  EXPECT_TRUE(store->close().ok());
  store.reset();
  left.refuses();
}

// Goal: the same of a store that is open for reading only. Method: close, reopen, destroy before what reads it.
TEST(Destruction, ReadOnly) {
  const Scratch scratch;
  filled_store(scratch).reset();
  Options options = small_options();
  options.data_dir = scratch.path("store");
  auto store = Store::open_read_only(options);
  ASSERT_TRUE(store.ok()) << store.error().to_string();
  Left left(**store);
  EXPECT_TRUE(left.iterator->valid());
  store->reset();
  left.refuses();
}

}  // namespace
}  // namespace mylonite::testing
