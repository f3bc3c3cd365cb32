// A store on the real disk is destroyed while real threads read it: under the thread and the address sanitizer.
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

std::string key_of(int n) { return "k" + std::to_string(n); }

// Reads in every way until it is told that the store is closed. Returns what else it was told, or nothing.
std::string read_until_closed(Session session, std::optional<Snapshot> held, std::atomic<int>& next) {
  const auto wrong = [](const Error& error) {
    return error.code() == Code::kClosed ? std::string() : error.to_string();
  };
  while (true) {
    const int n = next.fetch_add(1, std::memory_order_relaxed);
    if (n % 5 == 0) {
      const auto pairs = session.range({.low = key_of(n % 60), .high = std::nullopt}, held->read());
      if (!pairs.ok()) return wrong(pairs.error());
    } else if (n % 5 == 1) {
      const auto cursor = session.iterator();
      if (!cursor.ok()) return wrong(cursor.error());
      for ((*cursor)->seek_to_last(); (*cursor)->valid(); (*cursor)->prev()) {
      }
      if (const Status sound = (*cursor)->status(); !sound.ok()) return wrong(sound.error());
    } else {
      const auto value = session.get(key_of(n % 60));
      if (!value.ok()) return wrong(value.error());
    }
  }
}

// Goal: a store that is destroyed under its readers takes nothing from them. Method: Store::open on the real disk,
// which owns its file system; one file may stay open and no block, so reads open files all the time; two threads read
// through gets, ranges and cursors while the store is destroyed, at another moment each round. Expectation: every
// reader ends with kClosed.
TEST(DestructionStress, ReadersOutliveTheStore) {
  for (int round = 0; round < 40; ++round) {
    const Scratch scratch;
    Options options;
    options.data_dir = scratch.path("store");
    options.open_files_max = 1;
    options.block_cache_bytes = 0;
    options.compaction_policy = "none";
    options.wal_flush_every_write = false;
    auto opened = Store::open(options);
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    auto store = std::move(*opened);
    for (int table = 0; table < 6; ++table) {
      for (int i = 0; i < 10; ++i) put(*store, key_of(i * 7 + table), std::string(50, 'v'));
      ASSERT_TRUE(store->flush().ok());
    }
    std::atomic<int> next{0};
    std::atomic<std::size_t> ended{0};
    std::array<std::string, 2> wrong;
    {
      std::vector<rt::Thread> readers;
      for (std::string& said : wrong) {
        readers.emplace_back("reader", [&next, &ended, &said, session = store->session(),
                                        held = std::make_shared<Snapshot>(std::move(store->snapshot().value()))] {
          said = read_until_closed(session, std::move(*held), next);
          ended.fetch_add(1, std::memory_order_relaxed);
        });
      }
      // Each round another number of reads, not another time: a slow machine ends it no sooner.
      while (next.load(std::memory_order_relaxed) < 20 + round * 3 && ended.load() < wrong.size())
        rt::sleep_until(rt::monotonic_ns() + 50'000);
      store.reset();
    }
    for (const std::string& said : wrong) ASSERT_EQ(said, "");
  }
}

}  // namespace
}  // namespace mylonite::testing
