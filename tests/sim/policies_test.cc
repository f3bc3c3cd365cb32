// The registry of compaction policies in the simulator: a row that is there is drawn, and merges.
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <mylonite/store.h>

#include "core/compaction/policies.h"
#include "sim/machine/fiber.h"
#include "sim/run/run.h"
#include "sim/scenario/generator.h"

namespace mylonite::sim {
namespace {

// How often each policy is drawn, by its name without parameters.
std::map<std::string, int> drawn(const GeneratorOptions& options, std::uint64_t seeds) {
  std::map<std::string, int> counts;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    for (const IncarnationPlan& plan : generate(seed, options).incarnations) {
      EXPECT_TRUE(configure_policy(options.policies, plan.options.compaction_policy).ok());
      ++counts[plan.options.compaction_policy.substr(0, plan.options.compaction_policy.find(':'))];
    }
  }
  return counts;
}

// A policy that merges all of level 0 into level 1, registered by nobody but this test.
CompactionPolicy own_policy(std::string name) {
  return {.name = std::move(name),
          .what = "level 0 into level 1",
          .parameters = {{.name = "runs",
                          .fallback = 4,
                          .low = 1,
                          .high = 9,
                          .meaning = "of level 0 that start a merge",
                          .worth_trying = {1, 2}}},
          .rank = [](const PolicyView& view) {
            Ranking ranking;
            const auto most = static_cast<std::size_t>(view.parameter("runs"));
            if (view.levels.empty() || view.levels[0].runs.size() < most) return ranking;
            ranking.triggers.push_back({.what = "level 0 has runs"});
            ranking.candidates.push_back({.to_level = 1});
            return ranking;
          }};
}

// Goal: a registered policy cannot stay unsimulated. Method: the standard registry with two rows more; many seeds.
// Expectation: every row is drawn, the rare ones not much more rarely than others.
TEST(SimulatedPolicies, EveryRowIsDrawn) {
  GeneratorOptions options{.operations = 10, .crashes = 10};
  options.policies.push_back(own_policy("mine"));
  options.policies.push_back(own_policy("other"));
  const auto counts = drawn(options, 180);
  for (const CompactionPolicy& each : options.policies) {
    ASSERT_TRUE(counts.contains(each.name)) << each.name;
    EXPECT_GT(counts.at(each.name), 40) << each.name;
  }
}

// Goal: adding a row changes only what it wins. Method: draw with and without it. Expectation: where the policy is not
// the new one, it is the same.
TEST(SimulatedPolicies, RowsDoNotShiftOneAnother) {
  GeneratorOptions more{.operations = 10, .crashes = 10};
  more.policies.insert(more.policies.begin(), own_policy("mine"));
  int won = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    const Scenario with = generate(seed, more);
    const Scenario without = generate(seed, {.operations = 10, .crashes = 10});
    ASSERT_EQ(with.incarnations.size(), without.incarnations.size());
    for (std::size_t i = 0; i < with.incarnations.size(); ++i) {
      const std::string& policy = with.incarnations[i].options.compaction_policy;
      EXPECT_EQ(with.incarnations[i].options.max_levels, without.incarnations[i].options.max_levels);
      if (policy.starts_with("mine:runs=")) {
        ++won;
      } else {
        EXPECT_EQ(policy, without.incarnations[i].options.compaction_policy);
      }
    }
  }
  EXPECT_GT(won, 20);
}

// Goal: what is drawn merges. Method: for every row, and one of this test's own, seeds with that row alone.
// Expectation: clean runs; jobs of that policy are installed, but for `none`.
TEST(SimulatedPolicies, EveryRowInstallsJobs) {
  CompactionPolicies all = standard_policies();
  all.push_back(own_policy("mine"));
  StackPool stacks;
  for (const CompactionPolicy& each : all) {
    GeneratorOptions options{.operations = 200, .crashes = 3};
    options.policies = {each};
    std::uint64_t jobs = 0;
    for (std::uint64_t seed = 0; seed < 60 && jobs == 0; ++seed) {
      const Outcome outcome = run(generate(seed, options), stacks, {.policies = options.policies});
      EXPECT_FALSE(outcome.failure) << each.name << " " << seed << ": " << outcome.failure->what;
      for (const auto& [policy, count] : outcome.stats.jobs) jobs += policy.starts_with(each.name) ? count : 0;
    }
    EXPECT_EQ(jobs > 0, each.name != "none") << each.name;
  }
}

// Goal: a scenario whose policy is not registered is not run as if it were. Method: run one with the standard registry.
// Expectation: the open is refused, and the failure names the policy.
TEST(SimulatedPolicies, UnknownPolicyIsRefused) {
  GeneratorOptions options{.operations = 20, .crashes = 0};
  options.policies = {own_policy("mine")};
  StackPool stacks;
  const Outcome outcome = run(generate(1, options), stacks);
  ASSERT_TRUE(outcome.failure);
  EXPECT_NE(outcome.failure->what.find("mine"), std::string::npos) << outcome.failure->what;
}

}  // namespace
}  // namespace mylonite::sim
