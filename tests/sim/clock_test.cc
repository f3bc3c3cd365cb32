#include "sim/machine/clock.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

// Goal: the wall clock follows virtual time, jumps and stands still. Method: read it around each, to both ends.
// Expectation: exact.
TEST(ClockTest, WallTimeObeys) {
  VirtualClock clock(1'000);
  clock.advance(500);
  EXPECT_EQ(clock.wall_ticks(), 1'005U);
  clock.jump(-10);
  EXPECT_EQ(clock.wall_ticks(), 995U);
  clock.freeze();
  clock.advance(1'000);
  EXPECT_EQ(clock.wall_ticks(), 995U);
  clock.jump(5);
  EXPECT_EQ(clock.wall_ticks(), 1'000U);
  clock.unfreeze();
  clock.advance(100);
  EXPECT_EQ(clock.wall_ticks(), 1'001U);
  clock.jump(INT64_MIN);
  EXPECT_EQ(clock.wall_ticks(), 0U);
  for (int i = 0; i < 3; ++i) clock.jump(INT64_MAX);
  clock.advance(1'000);
  EXPECT_EQ(clock.wall_ticks(), UINT64_MAX);
  EXPECT_EQ(clock.monotonic_ns(), 2'600U);
}

// Goal: the highest reading is known whatever the clock does later. Method: jump ahead and back, run on.
TEST(ClockTest, HighestReading) {
  VirtualClock clock(1'000);
  EXPECT_EQ(clock.wall_ticks_highest(), 1'000U);
  clock.advance(500);
  EXPECT_EQ(clock.wall_ticks_highest(), 1'005U);
  clock.jump(100);
  clock.jump(-200);
  EXPECT_EQ(clock.wall_ticks_highest(), 1'105U);
  clock.advance(10'000);
  EXPECT_EQ(clock.wall_ticks_highest(), 1'105U);
  clock.advance(20'000);
  EXPECT_EQ(clock.wall_ticks_highest(), 1'205U);
  VirtualClock fell(1'000);
  fell.advance(500);
  fell.jump(-200);
  EXPECT_EQ(fell.wall_ticks_highest(), 1'005U);
}

// Goal: the highest reading that was usable is known, too. Method: jump and run beyond the limit, and back; begin
// beyond. Expectation: the limit where the clock ran past it, and else what it showed below.
TEST(ClockTest, HighestUsableReading) {
  VirtualClock clock(1'000, 2'000);
  clock.advance(500);
  clock.jump(5'000);
  clock.advance(500);
  EXPECT_EQ(clock.wall_ticks_highest_usable(), 1'005U);
  EXPECT_EQ(clock.wall_ticks_highest(), 6'010U);
  clock.jump(-5'000);
  EXPECT_EQ(clock.wall_ticks_highest_usable(), 1'010U);
  clock.advance(500'000);
  EXPECT_EQ(clock.wall_ticks_highest_usable(), 2'000U);
  const VirtualClock beyond(3'000, 2'000);
  EXPECT_EQ(beyond.wall_ticks_highest_usable(), 0U);
}

}  // namespace
}  // namespace mylonite::sim
