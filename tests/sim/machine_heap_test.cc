#include "sim/machine/machine_heap.h"

#include <array>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/rt/rt.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler.h"
#include "sim/run/run.h"
#include "sim/scenario/generator.h"

namespace mylonite::sim {
namespace {

// Runs the program on fibers, and what they abandon stays in the heap.
RunEnd run_on_fibers(const std::function<void(FiberScheduler&)>& program) {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  DefaultSchedule strategy;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
  return scheduler.run([&] { program(scheduler); }).end;
}

class MachineHeapTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!machine_heap_available()) GTEST_SKIP() << "machines are not dropped in this build";
  }
};
using MachineHeapDeathTest = MachineHeapTest;

// Goal: what fibers allocate is gone after a drop, and what simulator code allocated is not. Method: two threads hold
// memory in both scopes when the machine is dropped. Expectation: the machine's is counted until clear(); the host's
// reads well after it.
TEST_F(MachineHeapTest, AllocationsDieWithTheMachine) {
  MachineHeap heap;
  std::vector<std::string> kept;
  const RunEnd end = run_on_fibers([&](FiberScheduler& scheduler) {
    const std::vector<std::string> owned(10, std::string(100, 'm'));
    rt::Thread other("another thread with a name that is long", [&] {
      const auto more = std::make_unique<std::string>(5000, 'm');
      {
        const SimulatorCode scope;
        kept.emplace_back(100, 'h');
        scheduler.drop();
      }
      ADD_FAILURE() << "it went on: " << more->size();
    });
  });
  EXPECT_EQ(end, RunEnd::kDropped);
  EXPECT_GE(heap.live(), 13U);
  heap.clear();
  EXPECT_EQ(heap.live(), 0U);
  EXPECT_EQ(kept, std::vector<std::string>{std::string(100, 'h')});
}

struct Free {
  void operator()(void* memory) const { ::operator delete(memory); }
};
// Not elided by compilers, as that of an unused object may be.
std::unique_ptr<void, Free> allocate() { return std::unique_ptr<void, Free>(::operator new(8)); }

// Goal: the thread's own stack allocates for the host, fibers for the machine, and a scope ends where it ends, across
// switches. Method: count live allocations around each. Expectation: only the machine's are counted.
TEST_F(MachineHeapTest, ScopesTellWhoseMemory) {
  const MachineHeap heap;
  const auto on_the_host = allocate();
  EXPECT_EQ(heap.live(), 0U);
  std::array<std::uint64_t, 4> live{};
  static_cast<void>(run_on_fibers([&](FiberScheduler&) {
    const std::uint64_t before = heap.live();
    const auto machines = allocate();
    live[0] = heap.live() - before;
    std::unique_ptr<void, Free> hosts;
    {
      const SimulatorCode scope;
      rt::point("switch");
      hosts = allocate();
      live[1] = heap.live() - before;
    }
    rt::point("switch");
    const auto again = allocate();
    live[2] = heap.live() - before;
    hosts.reset();
    live[3] = heap.live() - before;
  }));
  EXPECT_EQ(live, (std::array<std::uint64_t, 4>{1, 1, 2, 2}));
  EXPECT_EQ(heap.live(), 0U);
}

// Goal: a thread has several heaps and is in one at a time. Method: allocate in two heaps by turns, clear the first.
// Expectation: each counts its own; outside of both nobody counts.
TEST_F(MachineHeapTest, AThreadMovesBetweenHeaps) {
  MachineHeap first;
  const auto allocate_in = [](MachineHeap& heap) {
    static_cast<void>(run_on_fibers([](FiberScheduler&) {
      void* volatile kept = allocate().release();
      static_cast<void>(kept);
    }));
    heap.leave();
  };
  allocate_in(first);
  MachineHeap second;
  allocate_in(second);
  second.enter();
  allocate_in(second);
  EXPECT_EQ(first.live(), 1U);
  EXPECT_EQ(second.live(), 2U);
  first.clear();
  EXPECT_EQ(first.live(), 0U);
  EXPECT_EQ(second.live(), 2U);
  static_cast<void>(run_on_fibers([](FiberScheduler&) { static_cast<void>(allocate()); }));
  EXPECT_EQ(second.live(), 2U);
}

struct alignas(256) Wide {
  std::array<char, 300> bytes{};
};

// Goal: blocks do not overlap, are aligned, and freed ones come back. Method: 20,000 random allocations and frees of 0
// to 9,000 bytes, now and then of 256-byte alignment, each filled with its own letter. Expectation: letters stay.
TEST_F(MachineHeapTest, BlocksAreApart) {
  MachineHeap heap;
  static_cast<void>(run_on_fibers([&](FiberScheduler&) {
    Random random(7);
    std::vector<std::unique_ptr<std::string>> blocks(100);
    std::vector<std::unique_ptr<Wide>> wide;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      std::unique_ptr<std::string>& block = blocks[random.below(blocks.size())];
      if (block != nullptr) {
        EXPECT_EQ(block->find_first_not_of(block->front()), std::string::npos);
      }
      const std::uint64_t most = random.chance(1, 10) ? 9'000 : 200;
      const std::uint64_t bytes = random.between(1, most);
      block = std::make_unique<std::string>(bytes, static_cast<char>('a' + i % 26));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.get()) % __STDCPP_DEFAULT_NEW_ALIGNMENT__, 0U);
      if (i % 1000 == 0) wide.push_back(std::make_unique<Wide>());
    }
    for (const auto& each : wide) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(each.get()) % alignof(Wide), 0U);
  }));
  EXPECT_EQ(heap.live(), 0U);
}

// Goal: addresses are equal in equal runs. Method: the same allocations in two machines, one of them dropped.
// Expectation: the same addresses (but under AddressSanitizer, where malloc chooses).
TEST_F(MachineHeapTest, AddressesRepeat) {
  if (kAddressSanitizer) GTEST_SKIP() << "malloc chooses";
  std::array<std::vector<std::uintptr_t>, 2> addresses;
  for (std::vector<std::uintptr_t>& mine : addresses) {
    const MachineHeap heap;
    mine.reserve(100);
    static_cast<void>(run_on_fibers([&](FiberScheduler& scheduler) {
      std::vector<std::unique_ptr<std::string>> blocks;
      for (std::size_t i = 1; i <= 100; ++i) {
        blocks.push_back(std::make_unique<std::string>(i * 7, 'x'));
        mine.push_back(reinterpret_cast<std::uintptr_t>(blocks.back()->data()));
      }
      scheduler.drop();
    }));
  }
  EXPECT_EQ(addresses[0], addresses[1]);
}

// Goal: a pointer that outlives its machine is caught when it is used. Method: keep one across a drop in unreadable
// mode, and read. Expectation: death (AddressSanitizer has its own way).
TEST_F(MachineHeapDeathTest, StrayReadsFault) {
  EXPECT_DEATH(
      {
        MachineHeap heap(true);
        const volatile char* stray = nullptr;
        static_cast<void>(run_on_fibers([&](FiberScheduler& scheduler) {
          const std::string owned(1000, 'm');
          stray = owned.data();
          scheduler.drop();
        }));
        std::putchar(*stray == 'm' ? 'm' : '-');
        heap.clear();
        std::putchar(*stray);
      },
      "");
}

// Goal: unreadable ranges come back into use. Method: forty machines, each dropped with memory. Expectation: all live.
TEST_F(MachineHeapTest, UnreadableRangesRotate) {
  MachineHeap heap(true);
  for (int i = 0; i < 40; ++i) {
    static_cast<void>(run_on_fibers([&](FiberScheduler& scheduler) {
      const auto owned = allocate();
      EXPECT_NE(owned, nullptr);
      scheduler.drop();
    }));
    EXPECT_EQ(heap.live(), 1U);
    heap.clear();
  }
}

// Goal: memory of a machine that is gone is not freed into the next one's. Method: keep an owner across clear().
// Expectation: death, by the invariant's text or AddressSanitizer's.
TEST_F(MachineHeapDeathTest, LateFreesAreRefused) {
  EXPECT_DEATH(
      {
        MachineHeap heap;
        std::unique_ptr<std::string> owner;
        static_cast<void>(run_on_fibers([&](FiberScheduler&) { owner = std::make_unique<std::string>(1000, 'm'); }));
        heap.clear();
        owner.reset();
      },
      "");
}

// Goal: whole runs by drop: the store leaves nothing where it came to its end, runs repeat, replay, and are the same
// with unreadable heaps. Method: 60 seeds; then each recorded scenario. Expectation: equal hashes; some drops.
TEST_F(MachineHeapTest, WholeRuns) {
  StackPool stacks;
  RunStats sum;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Scenario scenario = generate(seed, {.operations = 100, .crashes = 4});
    const Outcome first = run(scenario, stacks);
    EXPECT_FALSE(first.failure) << seed;
    const Outcome again = run(scenario, stacks, {.unreadable_heaps = true});
    EXPECT_EQ(first.trace_hash, again.trace_hash) << seed;
    const Outcome replayed = run(first.recorded, stacks);
    EXPECT_EQ(first.trace_hash, replayed.trace_hash) << seed;
    EXPECT_TRUE(replayed.faithful) << seed;
    EXPECT_EQ(first.stats.drops, replayed.stats.drops);
    sum.add(first.stats);
  }
  EXPECT_GT(sum.drops, sum.crashes / 4);
  EXPECT_LT(sum.drops, sum.crashes * 3 / 4);
  EXPECT_EQ(sum.left_behind, 0U);
}

}  // namespace
}  // namespace mylonite::sim
