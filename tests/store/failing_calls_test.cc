// Every file call that changes the disk fails once, in each way it can: what the store owes then.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/injected_faults.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

// Those of the calls that a fault fits that change the disk.
faultfs::Calls changing_calls(const faultfs::FaultRow& row) {
  faultfs::Calls calls = faultfs::calls(row.fits);
  calls.contain = [fits = row.fits](const faultfs::SeenCall& seen) {
    return fits.contains(seen.call.kind) && faultfs::kChangingCalls.contains(seen.call.kind);
  };
  return calls;
}

struct Work {
  std::map<std::string, std::string> acknowledged;
  std::uint64_t errors = 0;
  bool opened = false;
  StoreStats stats{};
};

constexpr int kPuts = 40;
constexpr int kPutsToFlush = 15;
std::string key_of_put(int i) { return "key" + std::to_string(i); }
std::string value_of_put(int i) { return std::string(60, static_cast<char>('a' + i % 26)); }

// A put, which reads then show or do not show, as it was answered.
void put_one(Store& store, int i, Work& work) {
  const std::string key = key_of_put(i);
  if (store.put(key, value_of_put(i)).ok()) {
    work.acknowledged[key] = value_of_put(i);
  } else {
    ++work.errors;
    const auto found = store.get(key);
    EXPECT_TRUE(found.ok() && !*found) << key << " was refused";
  }
}

void expect_reads(Store& store, const Work& work) {
  for (const auto& [known, value] : work.acknowledged) {
    const auto found = store.get(known);
    EXPECT_TRUE(found.ok() && *found == value) << known;
  }
}

// Puts, flushes and a close, all from one thread; goes on after errors as a client would. Reads go on, whatever happens
// to writes.
Work work_on(vfs::FileSystem& fs, const Options& options) {
  Work work;
  const auto store = Store::open(fs, options);
  if (!store.ok()) return work;
  work.opened = true;
  for (int i = 0; i < kPuts; ++i) {
    put_one(**store, i, work);
    expect_reads(**store, work);
    if (i % kPutsToFlush == kPutsToFlush - 1) work.errors += (*store)->flush().ok() ? 0 : 1;
  }
  work.errors += (*store)->close().ok() ? 0 : 1;
  work.stats = (*store)->stats();
  return work;
}

// Reopens without faults, once as the process left the disk and once after a power loss that keeps nothing undurable.
void expect_all(const faultfs::Disk& left, const Options& options, const Work& work, const std::string& what) {
  KeepNothing keep_nothing;
  for (faultfs::Disk disk :
       {faultfs::process_kill(left), faultfs::power_loss(left, faultfs::NameOrder::kPosix, keep_nothing)}) {
    faultfs::SimFileSystem fs(disk);
    sim::VirtualClock clock(2'000'000);
    run_simulated(clock, [&] {
      const auto store = Store::open(fs, options);
      ASSERT_TRUE(store.ok()) << what << ": " << store.error().to_string();
      for (const auto& [key, value] : work.acknowledged) {
        const auto found = (*store)->get(key);
        EXPECT_TRUE(found.ok() && *found == value) << what << ": " << key << " was acknowledged";
      }
    });
  }
}

Options many_files() {
  Options options = small_options();
  options.memtable_max_bytes = 1024;
  options.wal_file_rotate_bytes = 1024;
  options.manifest_rotate_bytes = 1024;
  options.level0_compact_runs = 2;
  return options;
}

// Goal: one failed call costs one operation at most, reads go on, and nothing acknowledged is lost, even to a power
// loss. Method: the n-th call that a fault fits fails, for every n that the work reaches and every fault of the table
// that answers an error: not done, half done, done though it said it failed, done with for ever. Expectation: as the
// checks above say; later operations succeed without another open; logs, flushes and the manifest recover.
TEST(FailingCalls, EachOnceInEachWay) {
  const Options options = many_files();
  std::uint64_t tried = 0;
  std::uint64_t answered = 0;
  std::uint64_t logs = 0;
  std::uint64_t flushes = 0;
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    if (!row.answers) continue;
    for (std::uint64_t nth = 1;; ++nth) {
      faultfs::Disk disk;
      faultfs::Disk left;
      faultfs::InjectedFaults faults(inject(row.fault, faultfs::nth(nth, changing_calls(row))));
      Work work;
      {
        faultfs::SimFileSystem fs(disk, &faults);
        sim::VirtualClock clock(1'000'000);
        run_simulated(clock, [&] { work = work_on(fs, options); });
        left = disk;
      }
      if (faults.struck().empty()) break;
      ++tried;
      EXPECT_LE(work.errors, 1U) << faults.text();
      answered += work.errors;
      logs += work.stats.logs_given_up;
      flushes += work.stats.flushes_failed;
      expect_all(left, options, work, faults.text());
      if (::testing::Test::HasFailure()) return;
    }
  }
  std::printf("%d failing calls: %d were answered by an error, %d logs were given up, %d flushes tried again\n",
              static_cast<int>(tried), static_cast<int>(answered), static_cast<int>(logs), static_cast<int>(flushes));
  EXPECT_GT(tried, 300U);
  EXPECT_GT(answered, tried / 10);
  EXPECT_GT(logs, 20U);
  EXPECT_GT(flushes, 80U);
}

// Goal: a disk that fills up refuses writes and nothing else, and writes go on by themselves when space returns.
// Method: from the n-th call on that takes space none succeeds, for every n that the work reaches; then space returns
// and a minute passes. Expectation: a reason that says so in the stats while it lasts; then a flush, a put and the
// close succeed on the open store; nothing acknowledged is lost, even to a power loss.
TEST(FailingCalls, SpaceReturns) {
  const Options options = many_files();
  std::uint64_t tried = 0;
  std::uint64_t stopped = 0;
  for (const faultfs::Fault fault : {faultfs::Fault::kNoSpace, faultfs::Fault::kQuota}) {
    for (std::uint64_t nth = 1;; ++nth) {
      faultfs::Disk disk;
      faultfs::InjectedFaults faults(inject(fault, faultfs::from_nth(nth, faultfs::calls(row_of(fault).fits))));
      Work work;
      {
        faultfs::SimFileSystem fs(disk, &faults);
        sim::VirtualClock clock(1'000'000);
        run_simulated(clock, [&] {
          const auto store = Store::open(fs, options);
          if (!store.ok()) return;
          work.opened = true;
          for (int i = 0; i < kPuts; ++i) put_one(**store, i, work);
          expect_reads(**store, work);
          stopped += (*store)->stats().writes_stopped.empty() ? 0 : 1;
          faults.stop();
          rt::sleep_until(rt::monotonic_ns() + 60'000'000'000);
          EXPECT_EQ((*store)->stats().writes_stopped, "") << faults.text();
          put_one(**store, kPuts, work);
          EXPECT_TRUE(work.acknowledged.contains(key_of_put(kPuts))) << faults.text();
          EXPECT_TRUE((*store)->flush().ok()) << faults.text();
          EXPECT_TRUE((*store)->close().ok()) << faults.text();
        });
      }
      if (faults.struck().empty()) break;
      if (!work.opened) continue;
      ++tried;
      expect_all(disk, options, work, faults.text());
      if (::testing::Test::HasFailure()) return;
    }
  }
  std::printf("%d full disks, %d of them stopped writes\n", static_cast<int>(tried), static_cast<int>(stopped));
  EXPECT_GT(tried, 100U);
  EXPECT_GT(stopped, tried / 2);
}

// Goal: an open that fails names the file that failed, also when it is a table that the replay of a log wrote. Method:
// a store that is not closed, so that its log is replayed into a table; each read of a table fails in turn.
// Expectation: the error's file is the table, never the log.
TEST(FailingCalls, AnOpenNamesTheTableThatFailed) {
  Options options = small_options();
  faultfs::Disk disk;
  sim::VirtualClock clock(1'000'000);
  {
    faultfs::SimFileSystem fs(disk);
    run_simulated(clock, [&] {
      const auto store = open_store(fs, options);
      put(*store, "key", "value");
    });
  }
  const auto role_of = [](std::string_view path) { return path.ends_with(".sst") ? "table" : "other"; };
  std::size_t refused = 0;
  for (std::uint64_t n = 1; n < 10; ++n) {
    faultfs::Disk copy = faultfs::process_kill(disk);
    faultfs::InjectedFaults faults(
        inject(faultfs::Fault::kIoError, nth(n, faultfs::of_role("table", faultfs::calls({faultfs::CallKind::kRead})))),
        role_of);
    faultfs::SimFileSystem fs(copy, &faults);
    run_simulated(clock, [&] {
      const auto store = Store::open(fs, options);
      EXPECT_EQ(store.ok(), faults.struck().empty());
      if (store.ok()) return;
      ++refused;
      EXPECT_TRUE(store.error().file().ends_with(".sst")) << store.error().to_string();
    });
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace mylonite::testing
