// The example of a program's own compaction policy (own_policy.h): in a store, in the simulator and in the laboratory.
#include "tests/examples/own_policy.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/scenario/generator.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

using OwnPolicyTest = ProgramTest;

// Goal: a store merges by the program's policy. Method: the program, on the real disk. Expectation: each merge names
// the policy, and the trigger that the policy gave.
TEST_F(OwnPolicyTest, InAStore) {
  const Said said = shell("'" OWN_POLICY "' store");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(said.out.starts_with("overflow:tables=2: level 0 overflows (score 1536/1024)\n")) << said.out;
}

// Goal: the generator draws it, and its parameter. Method: many scenarios. Expectation: every value worth trying.
TEST_F(OwnPolicyTest, IsDrawn) {
  GeneratorOptions options{.operations = 10, .crashes = 10};
  options.policies = own_policy::policies();
  std::set<std::string> drawn;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const IncarnationPlan& plan : generate(seed, options).incarnations) {
      if (plan.options.compaction_policy.starts_with("overflow")) drawn.insert(plan.options.compaction_policy);
    }
  }
  EXPECT_EQ(drawn, (std::set<std::string>{"overflow:tables=1", "overflow:tables=2", "overflow:tables=8"}));
}

// Goal: it merges under the simulator, and keeps to the rules there. Method: 400 seeds. Expectation: clean, with jobs
// of its name.
TEST_F(OwnPolicyTest, InTheSimulator) {
  const Said said = shell("'" OWN_POLICY_SIM "' run --seeds 0:400 --json");
  ASSERT_EQ(said.code, 0) << said.err;
  const nlohmann::json summary = nlohmann::json::parse(said.out);
  std::uint64_t jobs = 0;
  for (const auto& [policy, count] : summary["jobs"].items()) {
    if (policy.starts_with("overflow")) jobs += count.get<std::uint64_t>();
  }
  EXPECT_GT(jobs, 50U) << said.out;
}

// Goal: the laboratory runs it, too. Method: a short life on a real disk. Expectation: no wrong answer, and merges
// in the phase of the fill, which asks for none; a policy that nobody registered is refused.
TEST_F(OwnPolicyTest, InTheLaboratory) {
  const Said said = shell("'" OWN_POLICY_LAB
                          "' endure --policy overflow --dir . --entries 20000 --set memtable_max_bytes=200000 --json");
  ASSERT_EQ(said.code, 0) << said.out << said.err;
  const nlohmann::json fill = nlohmann::json::parse(said.out)["phases"][1];
  EXPECT_EQ(fill["name"], "fill");
  EXPECT_GT(fill["stats"]["merges"], 0) << fill;
  const Said refused = shell("'" OWN_POLICY_LAB "' endure --policy nobodys --dir .");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(refused.err, "overflow")) << refused.err;
}

// Goal: help says the program's own name. Method: every command of both programs. Expectation: in every example; no
// other program's name.
TEST_F(OwnPolicyTest, HelpNamesTheProgram) {
  const auto expect_named = [&](const std::string& path, const std::string& name, const std::string& command) {
    const Said said = shell("'" + path + "' " + command + " --help");
    EXPECT_EQ(said.code, 0);
    EXPECT_TRUE(contains(said.out, "Example:\n  " + name + " ")) << said.out;
    EXPECT_FALSE(contains(said.out, "mylonite-")) << said.out;
  };
  for (const std::string command : {"", "run", "marks", "replay"}) {
    expect_named(OWN_POLICY_SIM, "own_policy_sim", command);
  }
  for (const std::string command : {"", "bench", "endure", "open", "recovery"}) {
    expect_named(OWN_POLICY_LAB, "own_policy_lab", command);
  }
}

}  // namespace
}  // namespace mylonite::sim
