// Real threads on the real disk, for the thread sanitizer and for what simulated schedules cannot show (weak memory).
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <optional>

#include "core/memtable/memtable.h"
#include "core/rt/rt.h"
#include "tests/store/store_fixture.h"
#include "tests/support/merges_at_once.h"

namespace mylonite::testing {
namespace {

constexpr std::size_t kWriters = 4;
constexpr std::size_t kReaders = 4;
using Counters = std::array<std::uint64_t, kWriters>;

// Thread-safe complaints: googletest's own are too, but one thousand equal ones help nobody.
class Verdict {
 public:
  void expect(bool holds, const std::string& what) {
    if (holds) return;
    rt::Lock lock(mutex_);
    if (first_.empty()) first_ = what;
  }
  std::string first() {
    rt::Lock lock(mutex_);
    return first_;
  }

 private:
  rt::Mutex mutex_;
  std::string first_ GUARDED_BY(mutex_);
};

std::string key_of(std::size_t writer, char twin) { return "writer-" + std::to_string(writer) + twin; }
std::string value_of(std::uint64_t n) { return std::to_string(n) + ":" + std::string(n % 90, 'x'); }

constexpr std::uint64_t kMostTimes = 50;  // a writer goes on for so many times its batches
constexpr std::uint64_t kMergesWanted = 4;
constexpr std::uint64_t kPauseNs = 1'000'000;  // between two looks at what the readers have done

// Writer w counts up in two keys, always in one batch: `batches` of them, and more while `goal` waits. Returns how
// many.
struct Writing {
  Store& store;
  MergesAtOnce& goal;
  Verdict& verdict;
  std::uint64_t batches;
};
std::uint64_t write_some(const Writing& writing, std::size_t writer) {
  auto& [store, goal, verdict, batches] = writing;
  Session session = store.session();
  Timestamp last;
  std::uint64_t n = 1;
  for (; n <= batches || (n <= batches * kMostTimes && goal.waits(kMergesWanted)); ++n) {
    WriteBatch batch;
    batch.put(key_of(writer, 'a'), value_of(n));
    batch.put(key_of(writer, 'b'), value_of(n));
    // Something for merges to carry, and for range deletes to hide.
    batch.put("fill-" + std::to_string(writer * 1000 + n * 7 % 500), std::string(200, 'f'));
    if (n % 50 == 0)
      batch.remove_range("fill-" + std::to_string(writer * 1000 + n % 400),
                         "fill-" + std::to_string(writer * 1000 + n % 400 + 9));
    const auto at = store.write(batch);
    verdict.expect(at.ok() && *at > last, "a write fails, or stamps do not ascend");
    if (!at.ok()) break;
    last = *at;
    const auto own = session.get(key_of(writer, 'a'));
    verdict.expect(own.ok() && *own == value_of(n), "a writer does not read its own write");
  }
  return n - 1;
}

class Reader {
 public:
  Reader(Store& store, Verdict& verdict) : store_(store), session_(store.session()), verdict_(verdict) {}

  // False once the store is closed.
  bool look_once(std::uint64_t round) {
    const bool remember = round % 16 == 0;
    if (remember) {
      auto now_held = store_.snapshot();
      if (!now_held.ok()) return closed(now_held.error());
      past_held_.emplace(std::move(*now_held));
    }
    const auto cursor =
        session_.iterator({.low = "writer-", .high = "writer."}, remember ? past_held_->read() : ReadOptions());
    if (!cursor.ok()) return closed(cursor.error());
    Counters now{};
    if (!walk(**cursor, round % 2 == 0, now)) return false;
    for (std::size_t i = 0; i < kWriters; ++i) verdict_.expect(now[i] >= seen_[i], "a session saw time go back");
    seen_ = now;
    if (remember) past_ = now;
    return look_back(round % kWriters);
  }

 private:
  bool closed(const Error& error) {
    verdict_.expect(error.code() == Code::kClosed, error.to_string());
    return false;
  }

  bool walk(Iterator& cursor, bool forward, Counters& counters) {
    std::array<std::array<std::string, 2>, kWriters> values;
    forward ? cursor.seek_to_first() : cursor.seek_to_last();
    while (cursor.valid()) {
      const std::string key(cursor.key());
      values[static_cast<std::size_t>(key[7] - '0')][key[8] == 'a' ? 0 : 1] = cursor.value();
      forward ? cursor.next() : cursor.prev();
    }
    if (Status sound = cursor.status(); !sound.ok()) return closed(sound.error());
    for (std::size_t i = 0; i < kWriters; ++i) {
      verdict_.expect(values[i][0] == values[i][1], "half a batch: " + values[i][0] + " and " + values[i][1]);
      counters[i] = values[i][0].empty() ? 0 : std::stoull(values[i][0]);
    }
    return true;
  }

  bool look_back(std::size_t writer) {
    const auto then = session_.get(key_of(writer, 'b'), past_held_->read());
    if (!then.ok()) return closed(then.error());
    const std::uint64_t n = *then ? std::stoull(**then) : 0;
    verdict_.expect(n == past_[writer], "the past has changed");
    return true;
  }

  Store& store_;
  Session session_;
  Verdict& verdict_;
  Counters seen_{};
  std::optional<Snapshot> past_held_;
  Counters past_{};  // as seen in it
};

Options stress_options(bool sync) {
  Options options = small_options();
  options.memtable_max_bytes = 16 << 10;
  options.wal_file_rotate_bytes = 8 << 10;
  options.wal_flush_every_write = sync;
  options.compaction_threads = 3;
  // Small tables, many of them too many for level 1 whenever level 0 has come down: merges with no key in common.
  options.compaction_threshold_bytes = 16 << 10;
  options.level_size_ratio = 2;
  options.level0_compact_runs = 4;
  options.block_cache_bytes = 32 << 10;
  options.open_files_max = 4;
  return options;
}

void tell(const MergesAtOnce::Seen& seen) {
  ::testing::Test::RecordProperty("merges", static_cast<int>(seen.merges));
  ::testing::Test::RecordProperty("flushes", static_cast<int>(seen.flushes));
  ::testing::Test::RecordProperty("merges_at_once", static_cast<int>(seen.most));
  ::testing::Test::RecordProperty("flushes_beside_two_merges", static_cast<int>(seen.flushes_beside_two));
  std::printf("%llu merges, %llu at once at most; %llu flushes, %llu beside two merges or more\n",
              static_cast<unsigned long long>(seen.merges), static_cast<unsigned long long>(seen.most),
              static_cast<unsigned long long>(seen.flushes), static_cast<unsigned long long>(seen.flushes_beside_two));
}

// Opens the store as a program does: on the real disk, with a file system that the store owns.
std::unique_ptr<Store> open_on_disk(const Scratch& scratch, Options options, EventListener* listener = nullptr) {
  options.data_dir = scratch.path(options.data_dir);
  auto store = Store::open(options, listener);
  EXPECT_TRUE(store.ok()) << store.error().to_string();
  return store.ok() ? std::move(*store) : nullptr;
}

// `held`: merges are held until two run at once, for which the test brings the file system.
void stress(bool sync, std::uint64_t batches, bool held = true) {
  const Scratch scratch;
  MergesAtOnce goal;
  if (!held) goal.let_go();
  HeldMerges fs(std::move(vfs::open_posix(scratch.path("")).value()), goal);
  const Options options = stress_options(sync);
  Verdict verdict;
  std::array<std::uint64_t, kWriters> written{};
  {
    const auto opened = held ? open_store(fs, options, &goal) : open_on_disk(scratch, options, &goal);
    ASSERT_NE(opened, nullptr);
    Store& store = *opened;
    std::atomic<std::uint64_t> looks{0};
    std::atomic<std::size_t> reading{kReaders};
    std::vector<rt::Thread> readers;
    for (std::size_t i = 0; i < kReaders; ++i) {
      readers.emplace_back("reader", [&store, &verdict, &looks, &reading] {
        Reader reader(store, verdict);
        for (std::uint64_t round = 0; reader.look_once(round); ++round) looks.fetch_add(1, std::memory_order_relaxed);
        reading.fetch_sub(1, std::memory_order_relaxed);
      });
    }
    {
      const Writing writing{.store = store, .goal = goal, .verdict = verdict, .batches = batches};
      std::vector<rt::Thread> writers;
      for (std::size_t i = 0; i < kWriters; ++i) {
        writers.emplace_back("writer", [&writing, &written, i] { written[i] = write_some(writing, i); });
      }
      for (int i = 0; i < 20; ++i) {
        verdict.expect(store.flush().ok(), "a flush fails");
        verdict.expect(store.sync().ok(), "a sync fails");
      }
    }
    goal.let_go();
    const MergesAtOnce::Seen seen = goal.seen();
    tell(seen);
    if (held) {
      EXPECT_GE(seen.merges, kMergesWanted);
      EXPECT_GE(seen.most, 2U) << "no two merges ran at once";
      EXPECT_GE(seen.flushes_beside_two, 1U) << "no flush ended while two merges ran";
    }
    while (looks.load() <= kReaders && reading.load() > 0) rt::sleep_until(rt::monotonic_ns() + kPauseNs);
    // Closed under the readers' hands.
    EXPECT_TRUE(store.close().ok());
    readers.clear();
    EXPECT_GT(looks.load(), kReaders);
    EXPECT_EQ(goal.seen().running, 0U) << "a merge that began has not ended";
  }
  EXPECT_EQ(verdict.first(), "");
  const auto reopened = open_on_disk(scratch, options);
  ASSERT_NE(reopened, nullptr);
  for (std::size_t i = 0; i < kWriters; ++i) {
    EXPECT_GE(written[i], batches);
    EXPECT_EQ(get(*reopened, key_of(i, 'a')), value_of(written[i]));
    EXPECT_EQ(get(*reopened, key_of(i, 'b')), value_of(written[i]));
  }
}

// Goal: reads are consistent and never go back while everything happens at once. Method: four writers that count in
// twin keys, four readers with iterators both ways and reads in the past, flushes and syncs from a ninth thread, three
// threads that merge, a close under the readers, a reopening. Writing goes on until two merges ran at once and a flush
// ended beside them (tests/support/merges_at_once.h); the close waits until the readers have read. Expectation: that
// happens; twins equal in every read, counters never fall, the past stays, all is there.
TEST(StoreStress, SyncOff) { stress(false, 1500); }
TEST(StoreStress, SyncOn) { stress(true, 400); }
// The same on a file system that the store made for itself; how merges fall is left to chance.
TEST(StoreStress, OwnFileSystem) { stress(false, 500, false); }

// Goal: a read never shows a version above its stamp, however close behind the reader it is inserted (it once did: a
// skip list's link was read twice). Method: one thread adds version after version of one key, two read it at the stamp
// that was newest just before. Expectation: exactly the version of that stamp.
TEST(StoreStress, MemtableReadsOnlyThePast) {
  constexpr std::uint64_t kVersions = 300'000;
  Memtable memtable;
  std::atomic<std::uint64_t> newest{0};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<rt::Thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back("reader", [&] {
      for (std::uint64_t at = 0; at < kVersions;) {
        at = newest.load(std::memory_order_acquire);
        const auto found = memtable.get("k", Timestamp{at});
        if (at > 0 && (!found || found->at != Timestamp{at})) wrong.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (std::uint64_t at = 1; at <= kVersions; ++at) {
    memtable.add("k", Timestamp{at}, Kind::kPut, "v");
    newest.store(at, std::memory_order_release);
  }
  threads.clear();
  EXPECT_EQ(wrong.load(), 0U);
}

}  // namespace
}  // namespace mylonite::testing
