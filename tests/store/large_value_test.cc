// Values as large as the limit. The normal suite asks for 48 MiB; MYLONITE_LARGE_VALUES=1 (./dev soak large) for 1 GiB,
// which takes a minute or two, 5.1 GiB of memory and about 4 GiB of disk.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <mylonite/random.h>

#include "core/store/internals.h"
#include "core/version/version.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

bool asked_for_the_limit() { return std::getenv("MYLONITE_LARGE_VALUES") != nullptr; }

// Does not compress.
std::string noise(std::size_t bytes) {
  Random random(8);
  std::string value(bytes, '\0');
  for (std::size_t at = 0; at < bytes; at += 8) {
    const std::uint64_t word = random.next();
    std::memcpy(value.data() + at, &word, std::min<std::size_t>(8, bytes - at));
  }
  return value;
}

// Never printed: a difference is said in one line.
void expect_large(Store& store, const std::string& value, const char* when) {
  const auto found = store.get("large");
  ASSERT_TRUE(found.ok()) << when << ": " << found.error().to_string();
  ASSERT_TRUE(*found) << when << ": absent";
  EXPECT_TRUE(**found == value) << when << ": " << (*found)->size() << " bytes, not those that were put";
}

// Goal: a value of the largest size goes in and comes out, wherever it lies. Method: put between small ones; read from
// the memtable, from a log after a reopen, from a table, from a merge's table by cursor both ways, after another
// reopen. A value of a byte more. Expectation: the same bytes each time; the last is refused, saying size and limit.
TEST(LargeValue, GoesInAndComesOut) {
  const std::size_t bytes = asked_for_the_limit() ? kValueBytesMax : std::size_t{48} << 20;
  const std::string value = noise(bytes);
  const Scratch scratch;
  const auto fs = std::move(vfs::open_posix(scratch.path("")).value());
  Options options;
  options.data_dir = "store";
  options.wal_flush_every_write = false;
  options.compaction_policy = "none";
  {
    const auto store = open_store(*fs, options);
    put(*store, "a", "before");
    put(*store, "large", value);
    put(*store, "z", "behind");
    expect_large(*store, value, "in memory");
    ASSERT_TRUE(store->close().ok());
  }
  {
    const auto store = open_store(*fs, options);
    expect_large(*store, value, "after a reopen");
    put(*store, "b", "newer");
    put(*store, "y", "newer");
    ASSERT_TRUE(store->flush().ok());
    EXPECT_GE(StoreInternals::version(*store)->levels[0].runs.size(), 2U);
    ASSERT_TRUE(store->compact_range({}).ok());
    EXPECT_EQ(StoreInternals::version(*store)->levels[0].runs.size(), 1U);
    EXPECT_GT(store->stats().merge_bytes_out, bytes);
    expect_large(*store, value, "after a merge");
    Session session = store->session();
    const auto cursor = std::move(session.iterator().value());
    cursor->seek("large");
    ASSERT_TRUE(cursor->valid());
    EXPECT_TRUE(cursor->value() == value);
    cursor->next();
    ASSERT_TRUE(cursor->valid());
    EXPECT_EQ(cursor->key(), "y");
    cursor->prev();
    ASSERT_TRUE(cursor->valid());
    EXPECT_TRUE(cursor->value() == value);
    ASSERT_TRUE(store->close().ok());
  }
  const auto store = open_store(*fs, options);
  expect_large(*store, value, "after a merge and a reopen");
  if (!asked_for_the_limit()) return;
  const auto refused = store->put("larger", value + "x");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(refused.error().message(), "a value of 1073741825 bytes; the limit is 1073741824");
}

}  // namespace
}  // namespace mylonite::testing
