#include "sim/machine/fiber.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/sanitizer.h"

namespace mylonite::sim {
namespace {

struct Talk {
  Fiber host;
  Fiber* guest = nullptr;
  std::vector<std::string> lines;
};

Fiber& speak_twice(void* argument) {
  Talk& talk = *static_cast<Talk*>(argument);
  talk.lines.emplace_back("guest 1");
  talk.guest->switch_to(talk.host);
  talk.lines.emplace_back("guest 2");
  return talk.host;
}

// Goal: control goes back and forth and a fiber goes on where it stopped. Method: host and guest alternate.
// Expectation: lines in the order of the switches.
TEST(FiberTest, GoesOnWhereItStopped) {
  StackPool stacks;
  Talk talk;
  Fiber guest(stacks, speak_twice, &talk);
  talk.guest = &guest;
  talk.lines.emplace_back("host 1");
  talk.host.switch_to(guest);
  talk.lines.emplace_back("host 2");
  talk.host.switch_to(guest);
  EXPECT_EQ(talk.lines, (std::vector<std::string>{"host 1", "guest 1", "host 2", "guest 2"}));
}

Fiber& keep_values(void* argument) {
  Talk& talk = *static_cast<Talk*>(argument);
  std::uint64_t values[8];
  for (std::uint64_t i = 0; i < 8; ++i) values[i] = i * i + talk.lines.size();
  double fraction = 0.5;
  talk.guest->switch_to(talk.host);
  std::uint64_t sum = 0;
  for (const std::uint64_t value : values) sum += value;
  talk.lines.push_back(std::to_string(sum) + (fraction == 0.5 ? " kept" : " lost"));
  return talk.host;
}

// Goal: values held across a switch survive other fibers' work. Method: three fibers fill variables, all stop, all sum.
// Expectation: each sees its own values.
TEST(FiberTest, KeepsValuesAcrossSwitches) {
  StackPool stacks;
  std::vector<Talk> talks(3);
  std::vector<std::unique_ptr<Fiber>> guests;
  for (Talk& talk : talks) {
    talk.guest = guests.emplace_back(std::make_unique<Fiber>(stacks, keep_values, &talk)).get();
    talk.host.switch_to(*talk.guest);
  }
  for (Talk& talk : talks) {
    talk.host.switch_to(*talk.guest);
    EXPECT_EQ(talk.lines.back(), "140 kept");
  }
}

Fiber& stop_while_catching(void* argument) {
  Talk& talk = *static_cast<Talk*>(argument);
  try {
    throw std::runtime_error("of the guest");
  } catch (const std::runtime_error&) {
    talk.guest->switch_to(talk.host);
    try {
      throw;
    } catch (const std::runtime_error& again) {
      talk.lines.emplace_back(again.what());
    }
  }
  return talk.host;
}

// Goal: exception state belongs to a fiber. Method: stop inside a catch block; the host throws and catches its own;
// the guest rethrows. Expectation: the guest rethrows its own exception, the host has none in flight.
TEST(FiberTest, StopsInsideACatchBlock) {
  StackPool stacks;
  Talk talk;
  Fiber guest(stacks, stop_while_catching, &talk);
  talk.guest = &guest;
  talk.host.switch_to(guest);
  EXPECT_EQ(std::current_exception(), nullptr);
  try {
    throw std::logic_error("of the host");
  } catch (const std::logic_error&) {
    talk.host.switch_to(guest);
  }
  EXPECT_EQ(talk.lines, std::vector<std::string>{"of the guest"});
}

// Goal: stacks are reused, also those of fibers that were abandoned half-way or never started. Method: make three such
// fibers in turn from one pool. Expectation: all on the same stack (under ThreadSanitizer stacks are mapped afresh).
TEST(FiberTest, ReusesStacks) {
  StackPool stacks;
  std::byte* const first = stacks.take();
  stacks.give_back(first);
  {
    Talk talk;
    Fiber guest(stacks, speak_twice, &talk);
    talk.guest = &guest;
    talk.host.switch_to(guest);
  }
  {
    Fiber never_started(stacks, speak_twice, nullptr);
  }
  std::byte* const last = stacks.take();
  EXPECT_TRUE(kThreadSanitizer || first == last);
  stacks.give_back(last);
}

Fiber& own_memory(void* argument) {
  Talk& talk = *static_cast<Talk*>(argument);
  const std::vector<std::string> owned(3, std::string(100, 'x'));
  talk.guest->switch_to(talk.host);
  talk.lines.push_back(owned[0]);
  return talk.host;
}

// Goal: what an abandoned fiber owns is no leak to LeakSanitizer. Method: abandon one that owns memory, then overwrite
// its stack. Expectation: judged at exit, in builds with AddressSanitizer.
TEST(FiberTest, ForgivesTheLeaksOfAbandonedFibers) {
  StackPool stacks;
  {
    Talk talk;
    Fiber guest(stacks, own_memory, &talk);
    talk.guest = &guest;
    talk.host.switch_to(guest);
    EXPECT_TRUE(talk.lines.empty());
  }
  std::byte* const bottom = stacks.take();
  std::fill_n(bottom, stacks.stack_bytes(), std::byte{0});
  stacks.give_back(bottom);
}

Fiber& overflow(void* argument) {
  volatile char frame[4096];
  frame[0] = 1;
  if (frame[0] == 0) return *static_cast<Fiber*>(argument);
  Fiber& next = overflow(argument);
  frame[1] = frame[0];
  return next;
}

// Goal: a stack overflow cannot damage a neighbour. Method: recurse without end on a small stack. Expectation: death.
TEST(FiberDeathTest, OverflowMeetsTheGuardPage) {
  StackPool stacks(64 << 10);
  Fiber host;
  EXPECT_DEATH(
      {
        Fiber guest(stacks, overflow, &host);
        host.switch_to(guest);
      },
      "");
}

// Goal: a pool that dies before its fibers is noticed. Method: keep a stack. Expectation: the invariant's text.
TEST(FiberDeathTest, PoolOutlivesItsFibers) {
  EXPECT_DEATH(
      {
        StackPool stacks;
        static_cast<void>(stacks.take());
      },
      "outlives");
}

}  // namespace
}  // namespace mylonite::sim
