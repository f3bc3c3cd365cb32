// For tests: runs a program under a strategy in a world of its own and keeps all that can be asked afterwards.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/machine/scheduler.h"

namespace mylonite::sim {

struct Ran {
  RunOutcome outcome;
  std::vector<Deviation> deviations;
  std::map<std::string_view, std::uint64_t> marks;
  std::uint64_t steps = 0;
  std::uint64_t end_ns = 0;
  std::string hash;
};

inline Ran run_program(Strategy& strategy, const std::function<void()>& program, const RunOptions& options = {}) {
  StackPool stacks;
  VirtualClock clock(1'000);
  Trace trace;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, options);
  Ran ran;
  ran.outcome = scheduler.run(program);
  ran.deviations = scheduler.deviations();
  ran.marks = scheduler.marks();
  ran.steps = scheduler.step();
  ran.end_ns = clock.monotonic_ns();
  ran.hash = trace.hash();
  return ran;
}

inline Ran run_by_default(const std::function<void()>& program) {
  DefaultSchedule strategy;
  return run_program(strategy, program);
}

// One of every randomised strategy; 0 <= which < kStrategyKinds.
inline constexpr int kStrategyKinds = 5;
inline std::unique_ptr<Strategy> make_strategy(int which, Random random) {
  switch (which) {
    case 0: return std::make_unique<Sticky>(random, 8);
    case 1: return std::make_unique<Sticky>(random, 1);
    case 2: return std::make_unique<Pct>(random, 3, 20);
    case 3: return std::make_unique<Pct>(random, 6, 40);
    default: return std::make_unique<RoundRobin>(1 + random.below(4));
  }
}

}  // namespace mylonite::sim
