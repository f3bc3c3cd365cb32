// The ways of a replay: adapted after code changes, up to a step, under gdb; and the shrinker as a command.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/machine/fiber.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

class ReplayCommandTest : public ProgramTest {
 protected:
  static std::string witness(const std::string& bug) {
    return "'" MYLONITE_SOURCE_DIR "/tests/scenarios/witnesses/" + bug + ".repro'";
  }
};

// Goal: after a code change a file has one of three verdicts. Method: the witness of a planted bug, on the engine
// without the bug; a file whose crash is at a call that there is no more.
TEST_F(ReplayCommandTest, FixedAndStale) {
  const Said fixed = sim("replay --adapt --story 0 " + witness("high-included"));
  EXPECT_EQ(fixed.code, 0) << fixed.err;
  EXPECT_EQ(fixed.out, "fixed: every decision is met, and nothing breaks rule scan\n");
  StackPool stacks;
  Repro repro = repro_of(run(generate(7, {.operations = 40, .crashes = 2}), stacks));
  repro.rule = "lost";
  repro.scenario.incarnations[0].recorded->schedule = {{.fiber = 1, .step = 1'000'000, .next = 2}};
  write("stale.repro", encode_repro(repro, {}));
  const Said stale = sim("replay --adapt stale.repro");
  EXPECT_EQ(stale.code, 6);
  EXPECT_EQ(stale.out, "stale: its decisions are not met any more, and no other run broke rule lost\n");
  EXPECT_EQ(sim("replay --adapt 7").code, 2) << "a seed has no decisions to adapt";
}

// Goal: a run can be looked at in its middle. Method: up to a step of the failing incarnation, and beyond its end.
TEST_F(ReplayCommandTest, UntilAStep) {
  const Said until = sim("replay --until 40 " + witness("early-wake"));
  EXPECT_EQ(until.code, 0) << until.err;
  EXPECT_TRUE(contains(until.out, "in incarnation 2, at step 40, ")) << until.out;
  EXPECT_TRUE(contains(until.out, "fiber 1 (main): ")) << until.out;
  EXPECT_EQ(sim("replay --until 40 --adapt " + witness("early-wake")).code, 2);
  const Said beyond = sim("replay --until 900000 " + witness("early-wake"));
  EXPECT_TRUE(contains(beyond.out, "incarnation 2 ends before step 900000\n")) << beyond.out;
}

// Goal: --break lands in gdb, on the fiber that takes the step. Method: ask it for the stack.
TEST_F(ReplayCommandTest, BreakLandsInGdb) {
  if (shell("command -v gdb").code != 0) GTEST_SKIP() << "no gdb";
  if (kAddressSanitizer || kThreadSanitizer) GTEST_SKIP() << "no debugger under a sanitizer";
  const Said said =
      shell("printf 'bt 12\\nkill\\nquit\\n' | '" MYLONITE_SIM "' replay --break 40 " + witness("early-wake"));
  if (contains(said.out + said.err, "ptrace: Operation not permitted")) GTEST_SKIP() << "tracing is not permitted here";
  EXPECT_TRUE(contains(said.out, "SIGTRAP")) << said.out << said.err;
  EXPECT_TRUE(contains(said.out, "FiberScheduler::")) << said.out;
}

// Goal: there is nothing to shrink in a clean run. Method: a clean seed. Expectation: exit 6, a sentence, no file.
TEST_F(ReplayCommandTest, ACleanRunIsNotShrunk) {
  const Said said = sim("shrink 7 --ops 20 --crashes 1");
  EXPECT_EQ(said.code, 6);
  EXPECT_EQ(said.err, "7: the run does not fail; there is nothing to shrink\n");
}

TEST_F(ReplayCommandTest, RulesAreExplained) {
  const Said said = sim("rules");
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(contains(said.out, "batch-torn        A batch survives a crash whole or not at all.\n")) << said.out;
}

}  // namespace
}  // namespace mylonite::sim
