#include <mylonite/sim/computer.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <mylonite/store.h>

#include "core/rt/rt.h"
#include "sim/machine/scheduler.h"
#include "sim/scenario/file_roles.h"

namespace mylonite::sim {
namespace {

// A store on a computer, as a program outside would hold it.
class Held {
 public:
  explicit Held(Computer& computer, Options options = {}) : computer_(computer) {
    options.data_dir = "db";
    opened_ = computer.run([&] {
      auto store = Store::open(computer.files(), options);
      EXPECT_TRUE(store.ok()) << store.error().to_string();
      if (store.ok()) store_ = store->release();
    });
  }
  CallEnd opened() const { return opened_; }
  CallEnd put(const std::string& key, const std::string& value) {
    return computer_.run([&] { static_cast<void>(store_->put(key, value)); });
  }
  std::optional<Code> failed_put(const std::string& key, const std::string& value) {
    const auto stamp = computer_.answer([&] { return store_->put(key, value); });
    return stamp && !stamp->ok() ? std::optional(stamp->error().code()) : std::nullopt;
  }
  CallEnd flush() {
    return computer_.run([&] { static_cast<void>(store_->flush()); });
  }
  std::optional<std::string> get(const std::string& key) {
    const auto found = computer_.answer([&] { return store_->get(key); });
    EXPECT_TRUE(found && found->ok());
    return found && found->ok() ? **found : std::nullopt;
  }
  CallEnd close() {
    return computer_.run([this] {
      EXPECT_TRUE(store_->close().ok());
      delete store_;
    });
  }

 private:
  Computer& computer_;
  Store* store_ = nullptr;  // dies with its process
  CallEnd opened_{};
};

ComputerOptions with_seed(std::uint64_t seed) { return {.seed = seed, .role_of = role_of}; }

// A life with flushes, a kill and a power loss in the middle of a put. Returns the trace hash.
std::string life(std::uint64_t seed) {
  Computer computer(with_seed(seed));
  {
    Held store(computer);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(store.put("key" + std::to_string(i), "value"), CallEnd::kReturned);
    EXPECT_EQ(store.flush(), CallEnd::kReturned);
  }
  computer.kill();
  {
    Held store(computer);
    computer.crash_at({.when = faultfs::nth(5, faultfs::calls(faultfs::kChangingCalls)), .image_seed = seed});
    int acknowledged = 0;
    while (store.put("more" + std::to_string(acknowledged), "value") == CallEnd::kReturned) ++acknowledged;
    EXPECT_LT(acknowledged, 5);
    Held again(computer);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(again.get("key" + std::to_string(i)), "value");
    for (int i = 0; i < acknowledged; ++i) EXPECT_EQ(again.get("more" + std::to_string(i)), "value");
    EXPECT_EQ(again.close(), CallEnd::kReturned);
  }
  EXPECT_EQ(computer.processes(), 3);
  return computer.trace_hash();
}

// Goal: what is acknowledged survives, and one seed has one hash. Method: lives of several seeds, each twice, the
// second time beside another computer in the middle of its own. Expectation: no loss; equal hashes; other seeds differ.
TEST(Computer, OneSeedOneHash) {
  std::vector<std::string> first;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) first.push_back(life(seed));
  Computer other(with_seed(99));
  Held store(other);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_EQ(store.put("a", "b"), CallEnd::kReturned);
    EXPECT_EQ(life(seed), first[seed - 1]);
  }
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(store.get("a"), "b");
}

// Goal: every file call is a place to crash. Method: a put that crashes before and after each file call of it, as a
// kill and as a power loss. Expectation: the put before it is there; the value is whole or absent.
TEST(Computer, CrashesAtEveryCall) {
  int crashes = 0;
  for (const bool power_loss : {false, true}) {
    for (const bool after : {false, true}) {
      for (std::uint64_t call = 1; call < 200; ++call) {
        Computer computer(with_seed(call));
        Held store(computer);
        EXPECT_EQ(store.put("before", "1"), CallEnd::kReturned);
        computer.crash_at({.when = faultfs::nth(call, faultfs::calls()),
                           .after = after,
                           .power_loss = power_loss,
                           .image_seed = call});
        const bool returned = store.put("during", "2") == CallEnd::kReturned && store.flush() == CallEnd::kReturned;
        if (returned) break;
        ++crashes;
        Held again(computer);
        EXPECT_EQ(again.get("before"), "1");
        const auto during = again.get("during");
        EXPECT_TRUE(!during || *during == "2");
      }
    }
  }
  EXPECT_GT(crashes, 40);
}

// Goal: a disk is a value. Method: two computers go on from one disk; one loses power with everything kept, and one
// with fates that were listed by another loss. Expectation: the disk that was copied does not change, and listed fates
// give the same disk again.
TEST(Computer, DisksAreValues) {
  Options unsynced;
  unsynced.wal_flush_every_write = false;
  Computer computer(with_seed(1));
  Held store(computer, unsynced);
  for (int i = 0; i < 100; ++i) store.put("key" + std::to_string(i), std::string(100, 'v'));
  const faultfs::Disk disk = computer.disk();
  const std::uint64_t hash = disk.hash();
  computer.lose_power(5);
  ASSERT_FALSE(computer.fates().empty());
  Computer same(with_seed(2), disk);
  same.lose_power(computer.fates());
  EXPECT_EQ(same.disk().hash(), computer.disk().hash());
  EXPECT_EQ(disk.hash(), hash);
  Computer kept(with_seed(3), disk);
  kept.lose_power(std::vector<faultfs::Choice>{});
  Held again(kept);
  EXPECT_EQ(again.get("key99"), std::string(100, 'v'));
}

// Goal: faults strike and are told. Method: the next sync of the log fails. Expectation: the put answers an error, the
// next one is accepted, the list says what struck; a new process without faults works.
TEST(Computer, FaultsStrike) {
  ComputerOptions options = with_seed(1);
  options.keeps_calls = true;
  Computer computer(std::move(options));
  Held store(computer);
  computer.inject(faultfs::inject(faultfs::Fault::kIoError,
                                  faultfs::nth(1, faultfs::of_role("wal", faultfs::calls(faultfs::kSyncingCalls)))));
  EXPECT_EQ(store.failed_put("a", "b"), Code::kIo);
  EXPECT_EQ(store.put("a", "b"), CallEnd::kReturned);
  ASSERT_EQ(computer.struck().size(), 1);
  EXPECT_EQ(to_string(computer.struck()[0]).substr(0, 3), "EIO");
  EXPECT_EQ(std::ranges::count(computer.calls(), "EIO", &FileCall::result), 1);
  computer.stop_faults();
  computer.kill();
  Held again(computer);
  EXPECT_EQ(again.put("a", "c"), CallEnd::kReturned);
  EXPECT_EQ(again.get("a"), "c");
}

// Goal: a computer says why a call did not return. Method: a call that waits for a lock that another thread holds,
// which waits for ever. Expectation: a deadlock, with a story; the next call is of a new process.
TEST(Computer, TellsDeadlocks) {
  Computer computer(with_seed(1));
  const CallEnd end = computer.run([] {
    auto* const mutex = new rt::Mutex();
    auto* const condition = new rt::CondVar();
    const rt::Lock lock(*mutex);
    for (;;) condition->wait(*mutex);
  });
  EXPECT_EQ(end, CallEnd::kDeadlock);
  EXPECT_NE(computer.story().find("waits on condition"), std::string::npos) << computer.story();
  EXPECT_EQ(computer.run([] {}), CallEnd::kReturned);
  EXPECT_EQ(computer.processes(), 2);
}

// Goal: a paused run stands still, and goes on where it was. Method: a fiber pauses five times amid a loop, beside a
// second fiber; the caller looks at steps and time between. Expectation: nothing moves during a pause; the sum is
// whole; the step limit counts anew.
TEST(Computer, RestsOnAPausedRun) {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  Sticky strategy(Random(1), 2);
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {.step_limit = 100});
  int sum = 0;
  RunOutcome outcome = scheduler.run([&] {
    rt::Thread other("other", [&] {
      for (int i = 0; i < 100; ++i) rt::point("other");
    });
    for (int i = 0; i < 5; ++i) {
      ++sum;
      for (int step = 0; step < 20; ++step) rt::point("main");
      scheduler.pause();
    }
  });
  int pauses = 0;
  for (; outcome.end == RunEnd::kPaused; outcome = scheduler.resume()) {
    EXPECT_EQ(sum, ++pauses);
    EXPECT_EQ(rt::current_scheduler, nullptr);
    EXPECT_EQ(clock.monotonic_ns(), scheduler.step() * RunOptions::kStepNs);
  }
  EXPECT_EQ(outcome.end, RunEnd::kFinished) << outcome.story;
  EXPECT_EQ(pauses, 5);
  EXPECT_GT(scheduler.step(), 200U);
}

// Goal: time and threads move during calls only. Method: a thread counts once a virtual second; calls sleep, and the
// program waits between them. Expectation: the count follows the sleeps.
TEST(Computer, ThreadsMoveDuringCallsOnly) {
  Computer computer(with_seed(1));
  int* counted = nullptr;
  computer.run([&] {
    counted = new int(0);
    auto* const thread = new rt::Thread("counter", [counted] {
      for (;;) {
        rt::sleep_until(rt::monotonic_ns() + 1'000'000'000);
        ++*counted;
      }
    });
    static_cast<void>(thread);
  });
  EXPECT_EQ(*counted, 0);
  computer.run([] { rt::sleep_until(rt::monotonic_ns() + 3'500'000'000); });
  EXPECT_EQ(*counted, 3);
  EXPECT_EQ(*counted, 3);
}

}  // namespace
}  // namespace mylonite::sim
