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
  std::optional<Error> first_error;
  bool opened = false;
};

// Puts, flushes and a close, all from one thread; goes on after errors as a client would.
Work work_on(vfs::FileSystem& fs, const Options& options) {
  Work work;
  const auto store = Store::open(fs, options);
  if (!store.ok()) return work;
  work.opened = true;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "key" + std::to_string(i);
    const auto stamp = (*store)->put(key, std::string(60, static_cast<char>('a' + i % 26)));
    if (stamp.ok()) {
      EXPECT_FALSE(work.first_error) << "a write after a failed one was accepted";
      work.acknowledged[key] = std::string(60, static_cast<char>('a' + i % 26));
    } else if (!work.first_error) {
      work.first_error = stamp.error();
    } else {
      EXPECT_EQ(stamp.error().code(), Code::kReadOnly) << stamp.error().to_string();
    }
    // Reads go on, whatever happened to writes.
    for (const auto& [known, value] : work.acknowledged) {
      const auto found = (*store)->get(known);
      EXPECT_TRUE(found.ok() && *found == value) << known;
    }
    if (i % 15 == 14) {
      const Status flushed = (*store)->flush();
      if (!flushed.ok() && !work.first_error) work.first_error = flushed.error();
    }
  }
  ignore((*store)->close(), "may have failed with the rest");
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

// Goal: after any failed write or sync the store is read-only until reopened, reads go on, and nothing acknowledged is
// lost, even to a power loss. Method: the n-th call that a fault fits fails, for every n that the work reaches and
// every fault of the table that answers an error: not done, half done, done though it said it failed, done with for
// ever. Expectation: as the checks above say.
TEST(FailingCalls, EachOnceInEachWay) {
  Options options = small_options();
  options.memtable_max_bytes = 1024;
  options.wal_file_rotate_bytes = 1024;
  options.manifest_rotate_bytes = 1024;
  options.level0_compact_runs = 2;
  std::uint64_t tried = 0;
  std::uint64_t refused = 0;
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
      refused += work.first_error ? 1 : 0;
      expect_all(left, options, work, faults.text());
      if (::testing::Test::HasFailure()) return;
    }
  }
  std::printf("%llu failing calls, %llu of them stopped the writes\n", static_cast<unsigned long long>(tried),
              static_cast<unsigned long long>(refused));
  EXPECT_GT(tried, 300U);
  EXPECT_GT(refused, tried / 4);
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
