#include "sim/machine/strategy.h"

#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

// Three fibers that can always run and never block, each step asked of the strategy; who ran at each step.
std::vector<int> who_ran(Strategy& strategy, std::uint64_t steps) {
  const std::vector<int> runnable{1, 2, 3};
  std::map<int, std::uint64_t> own_steps;
  std::vector<int> ran;
  int current = 1;
  for (std::uint64_t step = 1; step <= steps; ++step) {
    ran.push_back(current);
    current = strategy.pick({current, ++own_steps[current], step, current, runnable, {}});
  }
  return ran;
}

std::uint64_t switches(const std::vector<int>& ran) {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < ran.size(); ++i) count += ran[i] != ran[i - 1] ? 1 : 0;
  return count;
}

// Goal: the default never deviates. Method: 100 steps. Expectation: fiber 1 only.
TEST(StrategyTest, DefaultKeepsRunning) {
  DefaultSchedule strategy;
  EXPECT_EQ(switches(who_ran(strategy, 100)), 0U);
}

// Goal: sticky switches at its rate, uniform all the time. Method: count switches of 30,000 steps. Expectation: two
// thirds of one in n, as a third of the draws is the current fiber; within a tenth.
TEST(StrategyTest, StickySwitchesAtItsRate) {
  Sticky sticky(Random(1), 10);
  EXPECT_NEAR(static_cast<double>(switches(who_ran(sticky, 30'000))), 2'000, 200);
  Sticky uniform(Random(2), 1);
  const std::vector<int> ran = who_ran(uniform, 30'000);
  EXPECT_NEAR(static_cast<double>(switches(ran)), 20'000, 500);
  for (int fiber = 1; fiber <= 3; ++fiber)
    EXPECT_NEAR(static_cast<double>(std::ranges::count(ran, fiber)), 10'000, 500);
}

// Goal: a fiber that blocks hands on to any runnable one, not to the lowest only. Method: 100 blocked moments.
// Expectation: both others are picked.
TEST(StrategyTest, StickyChoosesWhenBlocked) {
  Sticky sticky(Random(3), 1'000'000);
  const std::vector<int> runnable{2, 3};
  std::map<int, int> picked;
  for (std::uint64_t step = 1; step <= 100; ++step) ++picked[sticky.pick({1, step, step, 2, runnable, {}})];
  EXPECT_EQ(picked.size(), 2U);
}

// Goal: round-robin gives equal turns. Method: quantum 2, nine steps. Expectation: the exact sequence.
TEST(StrategyTest, RoundRobinTakesTurns) {
  RoundRobin strategy(2);
  EXPECT_EQ(who_ran(strategy, 9), (std::vector<int>{1, 1, 2, 2, 3, 3, 1, 1, 2}));
}

// Goal: PCT of depth d changes fibers at most d - 1 times when nothing blocks, besides the first choice. Method: 200
// seeds of depth 3. Expectation: never more, sometimes exactly that.
TEST(StrategyTest, PctFallsAtFewSteps) {
  std::uint64_t most = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Pct strategy(Random(seed), 3, 50);
    const std::vector<int> ran = who_ran(strategy, 60);
    most = std::max(most, switches({ran.begin() + 1, ran.end()}));
  }
  EXPECT_EQ(most, 2U);
}

// Goal: PCT's first choice is fair. Method: 3,000 seeds of depth 1. Expectation: each of three fibers about a third.
TEST(StrategyTest, PctPrioritiesAreFair) {
  std::map<int, int> first;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Pct strategy(Random(seed), 1, 1);
    ++first[who_ran(strategy, 2)[1]];
  }
  for (const auto& [fiber, times] : first) EXPECT_NEAR(times, 1'000, 120) << fiber;
}

// Goal: spurious wakes choose waiting fibers only when there are any. Method: chance 1. Expectation: the waiting one,
// or what the other strategy says.
TEST(StrategyTest, SpuriousWakesFallBack) {
  DefaultSchedule rest;
  SpuriousWakes strategy(rest, Random(4), 1);
  const std::vector<int> runnable{1, 2};
  const std::vector<int> waiting{3};
  EXPECT_EQ(strategy.pick({1, 1, 1, 1, runnable, waiting}), 3);
  EXPECT_EQ(strategy.pick({1, 2, 2, 1, runnable, {}}), 1);
}

// Goal: replay follows what can be followed and tells the rest. Method: one deviation that fits, one to a fiber that
// cannot run, one to a step never taken. Expectation: the first is met, the others are told.
TEST(StrategyTest, ReplayTellsTheUnmet) {
  const std::vector<Deviation> deviations{{1, 2, 3}, {3, 1, 7}, {2, 5, 1}};
  Replay strategy(deviations);
  EXPECT_EQ(who_ran(strategy, 5), (std::vector<int>{1, 1, 3, 3, 3}));
  EXPECT_EQ(strategy.unmet(), (std::vector<Deviation>{{2, 5, 1}, {3, 1, 7}}));
}

}  // namespace
}  // namespace mylonite::sim
