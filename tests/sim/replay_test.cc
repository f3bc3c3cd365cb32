// Properties of recorded schedules, over random programs.
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/sim/run_program.h"

namespace mylonite::sim {
namespace {

// Threads that lock, wait with a deadline, notify, sleep and pass points as a seed says; never stuck for ever.

class RandomProgram {
 public:
  explicit RandomProgram(std::uint64_t seed) : random_(seed) {}

  void operator()() {
    std::vector<rt::Thread> threads;
    const std::uint64_t count = random_.between(1, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      threads.emplace_back("worker", [this, i] { work(random_.split(i)); });
    }
    work(random_.split("main"));
  }

 private:
  void work(Random random) {
    const std::uint64_t actions = random.between(1, 12);
    for (std::uint64_t i = 0; i < actions; ++i) {
      const std::uint64_t action = random.below(5);
      const std::uint64_t span_ns = random.below(3'000);
      act(action, span_ns);
    }
  }
  void act(std::uint64_t action, std::uint64_t span_ns) {
    if (action == 0) return rt::point("p");
    if (action == 1) return rt::sleep_until(rt::monotonic_ns() + span_ns);
    if (action == 2) return span_ns % 2 == 0 ? condition_.notify_one() : condition_.notify_all();
    rt::Lock lock(mutex_);
    if (action == 3) return rt::point("held");
    if (!condition_.wait_until(mutex_, rt::monotonic_ns() + span_ns)) rt::mark("timeout");
  }

  Random random_;  // unguarded: what a schedule of one thread draws in turn
  rt::Mutex mutex_;
  rt::CondVar condition_;
};

Ran run_seed(Strategy& strategy, std::uint64_t seed) {
  RandomProgram program(seed);
  return run_program(strategy, std::ref(program), {.step_limit = 100'000});
}

std::unique_ptr<Strategy> any_strategy(int which, std::uint64_t seed) { return make_strategy(which, Random(seed)); }

// Goal: the recorded deviations are the whole schedule. Method: random programs under every strategy, with and without
// spurious wakes; replay the deviations. Expectation: same trace, every deviation met, the same deviations again.
TEST(ReplayTest, DeviationsReproduceTheTrace) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed, bool spurious) {
    for (int which = 0; which < kStrategyKinds; ++which) {
      const std::unique_ptr<Strategy> plain = any_strategy(which, seed);
      SpuriousWakes waking(*plain, Random(seed), 5);
      const Ran ran = run_seed(spurious ? waking : *plain, seed);
      RC_ASSERT(ran.outcome.end == RunEnd::kFinished);
      Replay replay(ran.deviations);
      const Ran again = run_seed(replay, seed);
      RC_ASSERT(again.hash == ran.hash);
      RC_ASSERT(replay.unmet().empty());
      RC_ASSERT(again.deviations == ran.deviations);
      RC_ASSERT(again.marks == ran.marks);
    }
  }));
}

// Goal: a run is a pure function of its scenario. Method: every strategy twice from the same seed. Expectation: same
// trace.
TEST(ReplayTest, EqualSeedsGiveEqualTraces) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    for (int which = 0; which < kStrategyKinds; ++which) {
      const std::unique_ptr<Strategy> first = any_strategy(which, seed);
      const std::unique_ptr<Strategy> second = any_strategy(which, seed);
      RC_ASSERT(run_seed(*first, seed).hash == run_seed(*second, seed).hash);
    }
  }));
}

// Goal: strategies really differ. Method: one program, every strategy. Expectation: as many traces as strategies, and
// another than the default's.
TEST(ReplayTest, StrategiesGiveDifferentTraces) {
  std::set<std::string> hashes;
  DefaultSchedule default_schedule;
  hashes.insert(run_seed(default_schedule, 7).hash);
  for (int which = 0; which < kStrategyKinds; ++which) {
    const std::unique_ptr<Strategy> strategy = any_strategy(which, 7);
    hashes.insert(run_seed(*strategy, 7).hash);
  }
  EXPECT_EQ(hashes.size(), static_cast<std::size_t>(kStrategyKinds) + 1);
}

// Goal: any subset of deviations is a legal schedule, as a shrinker needs. Method: drop each deviation of a run at
// random. Expectation: the program still finishes.
TEST(ReplayTest, AnySubsetOfDeviationsRuns) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const std::unique_ptr<Strategy> uniform = any_strategy(1, seed);
    Random coin(seed);
    std::vector<Deviation> subset;
    for (const Deviation& deviation : run_seed(*uniform, seed).deviations) {
      if (coin.chance(1, 2)) subset.push_back(deviation);
    }
    Replay replay(subset);
    RC_ASSERT(run_seed(replay, seed).outcome.end == RunEnd::kFinished);
  }));
}

}  // namespace
}  // namespace mylonite::sim
