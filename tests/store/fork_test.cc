// A process that forks while a store is open: the child can do it no harm.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "tests/store/store_fixture.h"
#include "tests/support/scratch.h"

namespace mylonite::testing {
namespace {

// Runs `body` in a child, and returns what it returned there; empty: the child died or hung.
template <class Body>
std::optional<int> in_child(Body body) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(body());
  }
  int how = 0;
  if (child < 0 || ::waitpid(child, &how, 0) != child || !WIFEXITED(how)) return std::nullopt;
  return WEXITSTATUS(how);
}

template <class T>
int refused(const Result<T>& result) {
  return !result.ok() && result.error().code() == Code::kClosed ? 0 : 1;
}

// Goal: a child refuses every call on an inherited store and touches nothing. Method: a store with a session, a
// snapshot, an iterator amid its keys, and tables; a child calls each method, then ends all of these objects.
// Expectation: kClosed, or nothing; no call hangs, though the parent's threads hold locks; the parent goes on, and its
// store opens again with all that it wrote.
TEST(Forks, ChildrenAreRefused) {
  const Scratch scratch;
  Options options = small_options();
  options.data_dir = scratch.path("store");
  options.wal_flush_every_write = false;
  auto opened = Store::open(options);
  ASSERT_TRUE(opened.ok());
  std::unique_ptr<Store> store = std::move(*opened);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(store->put("key" + std::to_string(i), std::string(100, 'v')).ok());
  Session session = store->session();
  auto snapshot = store->snapshot();
  auto cursor = session.iterator({});
  ASSERT_TRUE(snapshot.ok() && cursor.ok());
  (*cursor)->seek_to_first();
  ASSERT_TRUE((*cursor)->valid());
  const auto failures = in_child([&] {
    int wrong = refused(store->put("key0", "child")) + refused(store->sync()) + refused(store->flush()) +
                refused(store->get("key0")) + refused(store->snapshot()) + refused(store->checkpoint("copy")) +
                refused(store->compact_level(0)) + refused(store->set_compaction_policy("tier")) +
                refused(session.get("key0")) + refused(store->close());
    (*cursor)->next();
    wrong += (*cursor)->valid() || (*cursor)->status().ok() ? 1 : 0;
    wrong += store->levels().empty() && store->stats().writes == 0 ? 0 : 1;
    store->abandon();
    cursor->reset();
    {
      const Snapshot ends = std::move(*snapshot);
    }
    store.reset();
    return wrong;
  });
  EXPECT_EQ(failures, std::optional(0));
  EXPECT_TRUE(store->put("after", "parent").ok());
  (*cursor)->next();
  EXPECT_TRUE((*cursor)->valid());
  EXPECT_TRUE(store->close().ok());
  const auto again = Store::open(options);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(*(*again)->get("after"), "parent");
  EXPECT_EQ(*(*again)->get("key0"), std::string(100, 'v'));
}

// Goal: a child may use a store of its own. Method: opened after the fork, once while the parent has it open, once when
// it has closed it. Expectation: locked, then right.
TEST(Forks, ChildrenOpenTheirOwn) {
  const Scratch scratch;
  Options options = small_options();
  options.data_dir = scratch.path("store");
  auto store = Store::open(options);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->put("a", "1").ok());
  const auto open_there = [&] {
    const auto own = Store::open(options);
    if (!own.ok()) return own.error().code() == Code::kLocked ? 1 : 2;
    return (*own)->put("b", "2").ok() && (*own)->close().ok() ? 0 : 3;
  };
  EXPECT_EQ(in_child(open_there), std::optional(1));
  ASSERT_TRUE((*store)->close().ok());
  store->reset();
  EXPECT_EQ(in_child(open_there), std::optional(0));
  const auto again = Store::open(options);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*(*again)->get("b"), "2");
}

}  // namespace
}  // namespace mylonite::testing
