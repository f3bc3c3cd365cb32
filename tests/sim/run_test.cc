// run(scenario) is a pure function, and what it records is the whole run.
#include "sim/run/run.h"
#include "sim/run/replay.h"

#include <algorithm>
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "sim/scenario/repro.h"
#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kSeeds = 100;

Outcome replay(const Scenario& scenario) {
  StackPool stacks;
  return run(scenario, stacks);
}

Scenario one_life(std::vector<Operation> operations, Ending ending = Ending::kClose) {
  Scenario scenario;
  scenario.wall_start_ticks = 1'000'000;
  IncarnationPlan& life = scenario.incarnations.emplace_back();
  life.options.data_dir = "db";
  life.clients.push_back(std::move(operations));
  life.ending = ending;
  life.crash = {.phase = Phase::kWork, .call = 1'000'000};  // at the end of the work
  return scenario;
}

// Goal: a run is a pure function of its scenario. Method: 100 scenarios of all kinds twice, the second time telling its
// story and among used stacks. Expectation: clean, same hash, same figures.
TEST(RunTest, EqualScenariosGiveEqualRuns) {
  StackPool stacks;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Outcome first = run_mixed(seed);
    ASSERT_FALSE(first.failure) << seed << ": " << first.failure->rule << " " << first.failure->what;
    const Outcome second = run(mixed_scenario(seed), stacks, {.story_lines = 10});
    EXPECT_EQ(second.trace_hash, first.trace_hash) << seed;
    EXPECT_EQ(second.stats.steps, first.stats.steps);
    EXPECT_EQ(second.stats.file_calls, first.stats.file_calls);
    EXPECT_EQ(second.stats.coverage, first.stats.coverage);
    EXPECT_EQ(second.recent, first.recent);
  }
}

// Goal: the recorded scenario is the run, without any random number. Method: spoil every seed and plan in it, run it.
// Expectation: same hash, faithful, and it records the same again.
TEST(RunTest, RecordedScenariosReplay) {
  std::uint64_t deviations = 0;
  std::uint64_t choices = 0;
  std::uint64_t lies = 0;
  std::uint64_t failed_calls = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Outcome first = run_mixed(seed);
    Scenario scenario = first.recorded;
    scenario.seed = ~scenario.seed;
    for (IncarnationPlan& life : scenario.incarnations) {
      life.image_seed = ~life.image_seed;
      life.schedule = {.kind = StrategyKind::kUniform, .spurious_one_in = 2, .seed = ~life.schedule.seed};
      life.crash = {};
      deviations += life.recorded->schedule.size();
      choices += life.recorded->image.size();
      for (const faultfs::PlacedFault& each : life.recorded->faults) {
        ++(is_lie(each.strike.fault) ? lies : failed_calls);
      }
    }
    const Outcome again = replay(scenario);
    EXPECT_EQ(again.trace_hash, first.trace_hash) << seed;
    EXPECT_TRUE(again.faithful) << seed;
    ASSERT_EQ(again.recorded.incarnations.size(), first.recorded.incarnations.size());
    for (std::size_t i = 0; i < again.recorded.incarnations.size(); ++i) {
      const Recorded& left = *again.recorded.incarnations[i].recorded;
      const Recorded& right = *first.recorded.incarnations[i].recorded;
      EXPECT_EQ(left.schedule, right.schedule);
      EXPECT_EQ(left.image, right.image);
      EXPECT_EQ(left.faults, right.faults);
      EXPECT_EQ(left.crash, right.crash);
      EXPECT_EQ(left.crash_at_end, right.crash_at_end);
    }
  }
  EXPECT_GT(deviations, 1000U);
  EXPECT_GT(choices, 100U);
  EXPECT_GT(lies, 100U);
  EXPECT_GT(failed_calls, 10U);
}

// Goal: every recorded decision counts. Method: leave out one of each kind from recorded runs. Expectation: another
// hash.
TEST(RunTest, EveryDecisionCounts) {
  std::size_t tried = 0;
  for (std::uint64_t seed = 0; seed < 36; ++seed) {
    const Outcome first = run_mixed(seed);
    for (std::size_t i = 0; i < first.recorded.incarnations.size(); ++i) {
      const auto without = [&](auto member) {
        Scenario scenario = first.recorded;
        auto& list = (*scenario.incarnations[i].recorded).*member;
        if (list.empty()) return;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(seed % list.size()));
        EXPECT_NE(replay(scenario).trace_hash, first.trace_hash) << seed << " in " << i;
        ++tried;
      };
      without(&Recorded::schedule);
      without(&Recorded::faults);
    }
  }
  EXPECT_GT(tried, 100U);
}

// Goal: every fault that a run draws replays from its scenario file, the form it took included. Method: of each row of
// the table the first seed that it strikes; the run written, read and run; then without the row's faults.
// Expectation: the same trace, all decisions met; another trace without them.
TEST(RunTest, DrawnFaultsReplayFromTheFile) {
  for (std::size_t i = 0; i < kFaultDraws.size(); ++i) {
    const FaultDraw& row = kFaultDraws[i];
    const auto of_row = [&](const faultfs::PlacedFault& each) {
      return each.strike.fault == row.fault && (row.role.empty() || each.at.role == row.role);
    };
    const auto struck = [&](const Scenario& scenario) {
      return std::ranges::any_of(scenario.incarnations, [&](const IncarnationPlan& plan) {
        return std::ranges::any_of(plan.recorded->faults, of_row);
      });
    };
    std::uint64_t seed = 0;
    while (generate(seed, {.operations = 300, .crashes = 5}).drawn[i] == 0) ++seed;
    StackPool stacks;
    Scenario scenario = generate(seed, {.operations = 300, .crashes = 5});
    scenario.drawn[i] = 2;  // often, so that it strikes at all
    const Outcome first = run(scenario, stacks);
    ASSERT_TRUE(struck(first.recorded)) << row.stream();
    EXPECT_FALSE(first.failure) << first.failure->what;
    const auto read = decode_repro(encode_repro(repro_of(first), {}));
    ASSERT_TRUE(read.ok()) << read.error().to_string();
    const Outcome again = replay(read->scenario);
    EXPECT_EQ(again.trace_hash, first.trace_hash) << row.stream();
    EXPECT_TRUE(again.faithful);
    Scenario without = read->scenario;
    for (IncarnationPlan& plan : without.incarnations) std::erase_if(plan.recorded->faults, of_row);
    EXPECT_NE(replay(without).trace_hash, first.trace_hash) << row.stream();
  }
}

// Goal: a recorded decision that is never met is noticed. Method: add one that cannot be met, of each kind.
TEST(RunTest, UnmetDecisionsAreUnfaithful) {
  const Outcome first = replay(one_life({op::Put{.key = "a", .value = "1"}}, Ending::kPowerLoss));
  ASSERT_TRUE(first.faithful);
  const faultfs::Anchor nowhere{.role = "sst", .generation = 99, .call = faultfs::CallKind::kSync, .nth = 1};
  const auto changed = [&](auto change) {
    Scenario scenario = first.recorded;
    scenario.lie_one_in = 1;  // lies may be told, calls fail; none is recorded
    scenario.fail_one_in = 1;
    change(*scenario.incarnations[0].recorded);
    return replay(scenario).faithful;
  };
  EXPECT_TRUE(changed([](Recorded&) {}));
  EXPECT_FALSE(changed([](Recorded& recorded) { recorded.schedule.push_back({.fiber = 99, .step = 1, .next = 1}); }));
  EXPECT_FALSE(changed([](Recorded& recorded) { recorded.schedule.push_back({.fiber = 1, .step = 1, .next = 99}); }));
  EXPECT_FALSE(changed([&](Recorded& recorded) {
    recorded.faults.push_back({.at = nowhere, .strike = {.fault = faultfs::Fault::kLie}});
  }));
  EXPECT_FALSE(changed([&](Recorded& recorded) { recorded.faults.push_back({.at = nowhere}); }));
  EXPECT_FALSE(changed([](Recorded& recorded) {
    recorded.image.push_back({.unit = "create nothing", .fate = {.kind = faultfs::FateKind::kLost}});
  }));
  EXPECT_FALSE(changed([&](Recorded& recorded) {
    recorded.crash_at_end.reset();
    recorded.crash = {.at = nowhere};
  }));
}

// Goal: an interrupted run ends soon, is no failure, and what it recorded runs again to the same hash. Method:
// interrupt from the start.
TEST(RunTest, Interrupted) {
  const std::atomic<bool> interrupt{true};
  const Outcome outcome = run_mixed(1, {.interrupt = &interrupt});
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_FALSE(outcome.failure);
  EXPECT_EQ(outcome.stats.writes, 0U);
  EXPECT_EQ(outcome.recorded.incarnations.size(), 1U);
  const Outcome again = replay(outcome.recorded);
  EXPECT_TRUE(again.faithful);
  EXPECT_EQ(again.trace_hash, outcome.trace_hash);
  EXPECT_FALSE(run_mixed(1).interrupted);
}

// Goal: a run without a write, or without the crash it was to have, says that nothing ran. Method: one of each, and a
// sound twin.
TEST(RunTest, NothingRan) {
  const Operation get = op::Get{.key = "a"};
  const Operation put = op::Put{.key = "a", .value = "1"};
  EXPECT_TRUE(replay(one_life({})).nothing_ran);
  EXPECT_TRUE(replay(one_life({get})).nothing_ran);
  EXPECT_FALSE(replay(one_life({get, put})).nothing_ran);
  Scenario crashless = one_life({put}, Ending::kPowerLoss);
  EXPECT_FALSE(replay(crashless).nothing_ran);
  crashless.incarnations[0].recorded = Recorded();
  EXPECT_TRUE(replay(crashless).nothing_ran);
}

// Goal: the story tells what clients and machine did, and how it ended. Method: a put and a power loss.
TEST(RunTest, TheStoryIsTold) {
  StackPool stacks;
  Scenario scenario = one_life({op::Put{.key = "apple", .value = "red"}}, Ending::kPowerLoss);
  scenario.incarnations.push_back(one_life({op::Get{.key = "apple"}}).incarnations[0]);
  const auto all = run(scenario, stacks, {.story_lines = 1000}).story;
  std::string text;
  for (const std::string& line : all) text += line + "\n";
  for (const char* part :
       {"== incarnation 1 (with sync", "client 1", "put key 'apple' value 'red'", "→ stamp ", "append 64 B, sync",
        "== crash at the end of work", "== power loss; ", "== incarnation 2", "opened: 1 logs", "get key 'apple'"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  const auto last = run(scenario, stacks, {.story_lines = 5}).story;
  ASSERT_EQ(last.size(), 5U);
  EXPECT_TRUE(last.front().starts_with("… ")) << last.front();
  EXPECT_TRUE(run(scenario, stacks).story.empty());
}

// Goal: figures are those of the run. Method: a scenario that can be counted by hand.
TEST(RunTest, Figures) {
  const Operation put = op::Put{.key = "a", .value = "1"};
  Scenario scenario = one_life({put, put, op::Get{.key = "a"}}, Ending::kPowerLoss);
  scenario.incarnations.push_back(one_life({}, Ending::kKill).incarnations[0]);
  scenario.incarnations.back().crash = {.phase = Phase::kOpen, .call = 1};
  scenario.incarnations.push_back(scenario.incarnations.back());
  scenario.incarnations.push_back(one_life({put}).incarnations[0]);
  const Outcome outcome = replay(scenario);
  ASSERT_FALSE(outcome.failure) << outcome.failure->what;
  EXPECT_EQ(outcome.stats.incarnations, 4U);
  EXPECT_EQ(outcome.stats.writes, 3U);
  EXPECT_EQ(outcome.stats.crashes, 3U);
  EXPECT_EQ(outcome.stats.crashes_in_open, 2U);
  EXPECT_EQ(outcome.stats.nested_depth_max, 2U);
  EXPECT_EQ(outcome.stats.recoveries, 1U);
  EXPECT_EQ(outcome.stats.acknowledged_lost, (std::map<std::uint64_t, std::uint64_t>{{0, 1}}));
}

// Goal: runs that do not differ are not said to, and others are. Method: one scenario; two.
TEST(RunTest, DifferencesAreExplained) {
  StackPool stacks;
  EXPECT_EQ(explain_difference(mixed_scenario(5), mixed_scenario(5), stacks), "");
  EXPECT_EQ(explain_difference(mixed_scenario(5), run_mixed(5).recorded, stacks), "");
  EXPECT_NE(explain_difference(mixed_scenario(5), mixed_scenario(6), stacks), "");
}

}  // namespace
}  // namespace mylonite::sim
