#include "sim/machine/scheduler.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/sanitizer.h"
#include "tests/sim/run_program.h"

namespace mylonite::sim {
namespace {

// Goal: threads start, run, are joined; nothing of the scheduler is left behind. Method: two threads append.
// Expectation: both have run, in order of id by default; no scheduler afterwards.
TEST(SchedulerTest, RunsThreadsToTheEnd) {
  std::vector<int> order;
  const Ran ran = run_by_default([&] {
    rt::Thread first("first", [&] { order.push_back(1); });
    rt::Thread second("second", [&] { order.push_back(2); });
    order.push_back(0);
    first.join();
    second.join();
    order.push_back(3);
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kFinished);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(rt::current_scheduler, nullptr);
  EXPECT_TRUE(ran.deviations.empty());
}

// Goal: the caller knows where a run is. Method: ask from inside. Expectation: fiber 2 at its own first step.
TEST(SchedulerTest, TellsWhereItIs) {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  DefaultSchedule strategy;
  FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
  int fiber = 0;
  std::uint64_t own_step = 0;
  std::uint64_t step = 0;
  static_cast<void>(scheduler.run([&] {
    rt::point("a");
    rt::Thread other("other", [&] {
      rt::point("b");
      fiber = scheduler.current_fiber();
      own_step = scheduler.own_step();
      step = scheduler.step();
    });
  }));
  EXPECT_EQ(fiber, 2);
  EXPECT_EQ(own_step, 1U);
  EXPECT_EQ(step, 4U);  // main: point, start, join; other: point
}

// Goal: a mutex excludes under every schedule. Method: three threads increment in two halves under a lock, 100 seeds of
// each strategy. Expectation: nothing is lost.
TEST(SchedulerTest, MutexExcludes) {
  for (int which = 0; which < kStrategyKinds; ++which) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const std::unique_ptr<Strategy> strategy = make_strategy(which, Random(seed));
      int counter = 0;
      rt::Mutex mutex;
      const auto work = [&] {
        for (int i = 0; i < 3; ++i) {
          const rt::Lock lock(mutex);
          const int before = counter;
          rt::point("between");
          counter = before + 1;
        }
      };
      const Ran ran = run_program(*strategy, [&] {
        rt::Thread a("a", work);
        rt::Thread b("b", work);
        rt::Thread c("c", work);
      });
      ASSERT_EQ(ran.outcome.end, RunEnd::kFinished) << ran.outcome.story;
      ASSERT_EQ(counter, 9) << "strategy " << which << " seed " << seed;
    }
  }
}

// How many of 100 seeds of a strategy fail a program; `fails` runs it.
int failures(int which, const std::function<bool(Strategy&)>& fails) {
  int failed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::unique_ptr<Strategy> strategy = make_strategy(which, Random(seed));
    failed += fails(*strategy) ? 1 : 0;
  }
  return failed;
}

// A counter without a lock.
bool loses_an_update(Strategy& strategy) {
  int counter = 0;
  const auto work = [&] {
    const int before = counter;
    rt::point("between");
    counter = before + 1;
  };
  static_cast<void>(run_program(strategy, [&] {
    rt::Thread a("a", work);
    rt::Thread b("b", work);
  }));
  return counter != 2;
}

// How many of the strategies find a bug.
int finders(const std::function<bool(Strategy&)>& fails) {
  int found = 0;
  for (int which = 0; which < kStrategyKinds; ++which) found += failures(which, fails) > 0 ? 1 : 0;
  return found;
}

// Goal: a lost update is found by every random strategy (round-robin may not) and not by the default. Method: a planted
// one, 100 seeds each. Expectation: so.
TEST(SchedulerTest, FindsALostUpdate) {
  DefaultSchedule default_schedule;
  EXPECT_FALSE(loses_an_update(default_schedule));
  EXPECT_GE(finders(loses_an_update), 4);
}

// Sleeps on a look at the flag that is out of date: the flag is set without the lock.
bool loses_a_wakeup(Strategy& strategy) {
  bool ready = false;
  rt::Mutex mutex;
  rt::CondVar condition;
  const Ran ran = run_program(strategy, [&] {
    rt::Thread waiter("waiter", [&] {
      rt::Lock lock(mutex);
      while (!ready) condition.wait(mutex);
    });
    ready = true;
    condition.notify_one();
  });
  return ran.outcome.end == RunEnd::kDeadlock;
}

// Goal: a lost wake-up, which takes two switches, is found by several strategies and not by the default. Method: a
// planted one, 100 seeds each. Expectation: by uniform and by both depths of PCT at least.
TEST(SchedulerTest, FindsALostWakeup) {
  DefaultSchedule default_schedule;
  EXPECT_FALSE(loses_a_wakeup(default_schedule));
  EXPECT_GE(finders(loses_a_wakeup), 3);
}

// Goal: a deadlock is found and told. Method: two threads lock two mutexes in opposite orders, under a schedule that
// switches between. Expectation: a story of who waits for whom.
TEST(SchedulerTest, TellsADeadlock) {
  rt::Mutex red;
  rt::Mutex blue;
  RoundRobin strategy(1);
  const Ran ran = run_program(strategy, [&] {
    rt::Thread a("a", [&] {
      const rt::Lock first(red);
      rt::point("holding red");
      const rt::Lock second(blue);
    });
    rt::Thread b("b", [&] {
      const rt::Lock first(blue);
      const rt::Lock second(red);
    });
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kDeadlock);
  EXPECT_NE(ran.outcome.story.find("fiber 1 (main): joins fiber 3 (b)"), std::string::npos) << ran.outcome.story;
  EXPECT_NE(ran.outcome.story.find("fiber 2 (a): waits for mutex #1 held by fiber 3 (b)"), std::string::npos);
  EXPECT_NE(ran.outcome.story.find("last point holding red"), std::string::npos);
  EXPECT_NE(ran.outcome.story.find("fiber 3 (b): waits for mutex #2 held by fiber 2 (a)"), std::string::npos);
}

// Goal: a thread that locks twice is a deadlock with itself, told as such. Method: so. Expectation: the story.
TEST(SchedulerTest, TellsASelfDeadlock) {
  rt::Mutex mutex;
  const Ran ran = run_by_default([&]() NO_THREAD_SAFETY_ANALYSIS {
    mutex.lock();
    mutex.lock();
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kDeadlock);
  EXPECT_NE(ran.outcome.story.find("fiber 1 (main): waits for mutex #1 held by fiber 1 (main)"), std::string::npos);
}

// Goal: a thread that never blocks is a livelock. Method: spin on a point while another waits to run. Expectation: the
// step limit ends it, with a story.
TEST(SchedulerTest, TellsALivelock) {
  DefaultSchedule strategy;
  bool stop = false;
  const Ran ran = run_program(strategy,
                              [&] {
                                rt::Thread never("never", [&] { stop = true; });
                                while (!stop) rt::point("spinning");
                              },
                              {.step_limit = 1'000});
  EXPECT_EQ(ran.outcome.end, RunEnd::kLivelock);
  EXPECT_EQ(ran.steps, 1'001U);
  EXPECT_NE(ran.outcome.story.find("fiber 1 (main): can run; 1001 steps, last point spinning"), std::string::npos);
}

// Goal: a run can be dropped anywhere, and the next one reuses world and stacks. Method: drop inside a thread while
// main holds memory and waits; ten times. Expectation: dropped each time; nothing after the drop ran.
TEST(SchedulerTest, DropsARun) {
  StackPool stacks;
  VirtualClock clock(0);
  Trace trace;
  bool reached = false;
  for (int incarnation = 0; incarnation < 10; ++incarnation) {
    DefaultSchedule strategy;
    FiberScheduler scheduler({stacks, clock, trace}, strategy, {});
    const RunOutcome outcome = scheduler.run([&] {
      const auto owned = std::make_unique<std::string>(100, 'x');
      rt::Thread other("other", [&] {
        scheduler.drop();
        reached = true;
      });
      rt::Thread never_started("never started", [&reached, held = std::string(100, 'y')] { reached = !held.empty(); });
    });
    EXPECT_EQ(outcome.end, RunEnd::kDropped);
  }
  EXPECT_TRUE(kThreadSanitizer || !reached);
}

// Goal: time stands while there is work and jumps when there is none. Method: two sleepers of different length.
// Expectation: they wake in order of deadline, exactly then but for the steps taken.
TEST(SchedulerTest, TimeJumpsToTheEarliestDeadline) {
  std::vector<std::string> woke;
  const Ran ran = run_by_default([&] {
    rt::Thread late("late", [&] {
      rt::sleep_until(5'000'000);
      woke.emplace_back("late");
    });
    rt::Thread early("early", [&] {
      rt::sleep_until(2'000'000);
      EXPECT_EQ(rt::monotonic_ns(), 2'000'000U);
      woke.emplace_back("early");
    });
  });
  EXPECT_EQ(woke, (std::vector<std::string>{"early", "late"}));
  EXPECT_GE(ran.end_ns, 5'000'000U);
  EXPECT_LT(ran.end_ns, 5'010'000U);
}

// Goal: a busy thread does not stop the clock of a sleeper. Method: under a fair strategy, spin until a sleeper is
// done. Expectation: the sleeper wakes by the time that steps take.
TEST(SchedulerTest, StepsTakeTime) {
  bool done = false;
  RoundRobin strategy(1);
  const Ran ran = run_program(strategy, [&] {
    rt::Thread sleeper("sleeper", [&] {
      rt::sleep_until(50 * RunOptions::kStepNs);
      done = true;
    });
    while (!done) rt::point("busy");
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kFinished);
  EXPECT_GE(ran.steps, 50U);
  EXPECT_LE(ran.steps, 60U);
}

// Goal: timed waits end by notification or by deadline, and say which. Method: one of each. Expectation: true at the
// time of the notification, false at the deadline.
TEST(SchedulerTest, TimedWaits) {
  rt::Mutex mutex;
  rt::CondVar condition;
  std::optional<bool> notified;
  std::optional<bool> expired;
  const Ran ran = run_by_default([&] {
    rt::Thread waiter("waiter", [&] {
      rt::Lock lock(mutex);
      notified = condition.wait_until(mutex, 9'000'000);
      expired = condition.wait_until(mutex, 9'000'000);
      EXPECT_GE(rt::monotonic_ns(), 9'000'000U);
    });
    rt::sleep_until(1'000'000);
    condition.notify_one();
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kFinished);
  EXPECT_EQ(notified, true);
  EXPECT_EQ(expired, false);
}

// Goal: notify_one wakes the longest waiter, notify_all everybody. Method: three waiters that arrive in the order 3, 1,
// 2 by sleeping. Expectation: woken one by one in that order; then all at once.
TEST(SchedulerTest, NotifyWakesTheLongestWaiter) {
  rt::Mutex mutex;
  rt::CondVar condition;
  std::vector<int> woke;
  const auto waiter = [&](int number, std::uint64_t arrives_ns) {
    return [&, number, arrives_ns] {
      rt::sleep_until(arrives_ns);
      rt::Lock lock(mutex);
      condition.wait(mutex);
      woke.push_back(number);
      condition.wait(mutex);
      woke.push_back(number);
    };
  };
  const Ran ran = run_by_default([&] {
    rt::Thread first("first", waiter(1, 200'000));
    rt::Thread second("second", waiter(2, 300'000));
    rt::Thread third("third", waiter(3, 100'000));
    for (std::uint64_t i = 1; i <= 3; ++i) {
      rt::sleep_until(1'000'000 * i);
      condition.notify_one();
    }
    rt::sleep_until(4'000'000);
    condition.notify_all();
  });
  EXPECT_EQ(ran.outcome.end, RunEnd::kFinished) << ran.outcome.story;
  EXPECT_EQ(woke, (std::vector<int>{3, 1, 2, 1, 2, 3}));
}

// Goal: spurious wakes happen, count as in time, and are deviations like others. Method: a wait without a loop that
// nobody notifies, under spurious wakes. Expectation: it ends; the replay too.
TEST(SchedulerTest, WakesSpuriously) {
  rt::Mutex mutex;
  rt::CondVar condition;
  const auto program = [&] {
    bool woke = false;
    rt::Thread waiter("waiter", [&] {
      rt::Lock lock(mutex);
      EXPECT_TRUE(condition.wait_until(mutex, 9'000'000));
      woke = true;
    });
    rt::sleep_until(1'000'000);
    for (int i = 0; i < 100 && !woke; ++i) rt::point("work");
  };
  DefaultSchedule rest;
  SpuriousWakes strategy(rest, Random(1), 4);
  const Ran ran = run_program(strategy, program);
  ASSERT_EQ(ran.deviations.size(), 1U);
  Replay replay(ran.deviations);
  EXPECT_EQ(run_program(replay, program).hash, ran.hash);
}

// Goal: try_lock never blocks. Method: try while another holds, and after. Expectation: false, then true.
TEST(SchedulerTest, TryLock) {
  rt::Mutex mutex;
  std::vector<bool> tries;
  static_cast<void>(run_by_default([&]() NO_THREAD_SAFETY_ANALYSIS {
    mutex.lock();
    rt::Thread other("other", [&]() NO_THREAD_SAFETY_ANALYSIS { tries.push_back(mutex.try_lock()); });
    other.join();
    mutex.unlock();
    tries.push_back(mutex.try_lock());
    mutex.unlock();
  }));
  EXPECT_EQ(tries, (std::vector<bool>{false, true}));
}

// Goal: marks are counted by name, not by address. Method: two literals of one name, kept apart. Expectation: one
// count.
TEST(SchedulerTest, CountsMarksByName) {
  static const char kFirst[] = "seen";
  static const char kSecond[] = "seen";
  const Ran ran = run_by_default([] {
    for (int i = 0; i < 3; ++i) rt::mark(kFirst);
    rt::mark(kSecond);
    rt::mark("other");
  });
  EXPECT_EQ(ran.marks, (std::map<std::string_view, std::uint64_t>{{"seen", 4}, {"other", 1}}));
}

// Goal: entropy is the scenario's. Method: the same seed twice, another once. Expectation: equal, and different.
TEST(SchedulerTest, EntropyComesFromTheSeed) {
  const auto draw = [](std::uint64_t seed) {
    DefaultSchedule strategy;
    std::uint64_t number = 0;
    static_cast<void>(run_program(strategy, [&] { number = rt::entropy64(); }, {.entropy_seed = seed}));
    return number;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

// Goal: misuse is told, not survived. Method: unlock another's mutex; wait without holding it; join twice. Expectation:
// death with the invariant's text.
TEST(SchedulerDeathTest, MisuseAborts) {
  rt::Mutex mutex;
  rt::CondVar condition;
  EXPECT_DEATH(static_cast<void>(run_by_default([&]() NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); })),
               "unlocked by its holder");
  EXPECT_DEATH(static_cast<void>(run_by_default([&]() NO_THREAD_SAFETY_ANALYSIS { condition.wait(mutex); })),
               "unlocked by its holder");
  EXPECT_DEATH(static_cast<void>(run_by_default([] {
                 const int thread = rt::current_scheduler->start("t", [] {});
                 rt::current_scheduler->join(thread);
                 rt::current_scheduler->join(thread);
               })),
               "joined once");
}

}  // namespace
}  // namespace mylonite::sim
