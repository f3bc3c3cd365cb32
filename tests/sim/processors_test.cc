// Work takes virtual time, as much as its price, on as many processors as there are.
#include "sim/machine/processors.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/scheduler.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kUnitPs = 1'000'000;  // a microsecond for each unit of work

WorkPrices prices() {
  WorkPrices prices{};
  prices.fill(kUnitPs);
  return prices;
}

// Returns the virtual time that the program took.
std::uint64_t run_ns(std::uint64_t count, const std::function<void()>& program) {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  DefaultSchedule strategy;
  Processors processors(count, prices());
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {.step_ns = 0, .processors = &processors});
  EXPECT_EQ(scheduler.run(program).end, RunEnd::kFinished);
  return clock.monotonic_ns();
}

void work_units(std::uint64_t units) {
  for (std::uint64_t i = 0; i < units; ++i) rt::work(rt::Work::kMemtableInsert, 1);
}

// Goal: two threads share one processor and do not share two. Method: 500 units each. Expectation: 1,000 or 500
// microseconds.
TEST(ProcessorsTest, ThreadsShareProcessors) {
  const auto two_threads = [] {
    rt::Thread first("first", [] { work_units(500); });
    rt::Thread second("second", [] { work_units(500); });
    first.join();
    second.join();
  };
  EXPECT_EQ(run_ns(1, two_threads), 1'000'000U);
  EXPECT_EQ(run_ns(2, two_threads), 500'000U);
  EXPECT_EQ(run_ns(4, two_threads), 500'000U);
}

// Goal: work under a lock delays who waits for it, and what a thread sees of time includes its own work. Method: a
// thread holds a lock for 3 units; another reads the clock before and after it.
TEST(ProcessorsTest, WorkIsDoneBeforeOthersSeeIt) {
  std::vector<std::uint64_t> seen;
  const std::uint64_t total = run_ns(2, [&] {
    rt::Mutex mutex;
    rt::Thread holder("holder", [&] {
      rt::Lock lock(mutex);
      work_units(3);
    });
    rt::sleep_until(1);
    {
      rt::Lock lock(mutex);
      seen.push_back(rt::monotonic_ns());
    }
    work_units(2);
    seen.push_back(rt::monotonic_ns());
    holder.join();
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3'000, 5'000}));
  EXPECT_EQ(total, 5'000U);
}

// Goal: without processors work is no event at all. Method: the same program with and without work, traces compared.
TEST(ProcessorsTest, WithoutThemWorkIsNothing) {
  const auto hash = [](std::uint64_t units) {
    StackPool stacks;
    VirtualClock clock(0);
    Trace trace;
    DefaultSchedule strategy;
    FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
    EXPECT_EQ(scheduler
                  .run([&] {
                    rt::point("a");
                    work_units(units);
                    rt::point("b");
                  })
                  .end,
              RunEnd::kFinished);
    return trace.hash();
  };
  EXPECT_EQ(hash(0), hash(1000));
}

}  // namespace
}  // namespace mylonite::sim
