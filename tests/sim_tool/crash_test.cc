// What the simulator says when the process cannot go on: a store that dies, too small an address space.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "sim/machine/fiber.h"
#include "sim/machine/machine_heap.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

class CrashTest : public ProgramTest {
 protected:
  Said dying(const std::string& how, const std::string& arguments) const {
    return shell("DEATH=" + how + " '" DYING_STORE "' " + arguments);
  }
};

struct Fate {
  std::string how;
  std::string rule;
};

// Goal: a process that dies names the seed and the command that runs it again, whichever thread died. Method: every
// kind of death, on one thread and on four; then the printed command; then the same program without deaths.
// Expectation: exit 1 with the rule; the command dies of the same; the seed alone is clean.
TEST_F(CrashTest, NamesTheSeedAndTheCommand) {
  for (const auto& [how, rule] : {Fate{"abort", "rule invariant  seed "},
                                  {"null", "rule crash (SIGSEGV: access to memory that is not there)  seed "},
                                  {"overflow", "rule crash (SIGSEGV: access to memory that is not there)  seed "},
                                  {"division", "rule crash (SIGFPE: an impossible division)  seed "}}) {
    if (kAddressSanitizer && how != "abort") continue;  // the sanitizer's own report
    for (const std::string jobs : {"1", "4"}) {
      const Said found = dying(how, "run --seeds 0:5000 --ops 40 --crashes 2 --no-liar --jobs " + jobs);
      ASSERT_EQ(found.code, 1) << how << found.out << found.err;
      EXPECT_TRUE(found.err.starts_with("\nFAILED  " + rule)) << found.err;
      const std::string seed = found.err.substr(9 + rule.size(), found.err.find('\n', 9) - 9 - rule.size());
      const std::string command = "replay " + seed + " --ops 40 --crashes 2 --no-liar";
      EXPECT_TRUE(found.err.ends_with("\n\nreplay:    " DYING_STORE " " + command + "\n")) << found.err;
      const Said again = dying(how, command);
      EXPECT_EQ(again.code, 1) << command;
      EXPECT_EQ(again.err, found.err);
      EXPECT_EQ(dying("none", command).code, 0) << command;
    }
  }
}

// Goal: a death that only closed memory shows runs again with closed memory. Method: --unreadable-arenas. Expectation:
// the command has the option, and dies of the same.
TEST_F(CrashTest, UnreadableArenasAreAskedForAgain) {
  const Said found = dying("abort", "run --seeds 0:5000 --unreadable-arenas");
  const std::size_t at = found.err.find(" run --unreadable-arenas --seed ");
  ASSERT_NE(at, std::string::npos) << found.err;
  EXPECT_EQ(dying("abort", found.err.substr(at, found.err.size() - at - 1)).err, found.err);
}

// Goal: a replay of a file that dies names the file. Method: another program's file with the options of a seed that
// dies, made by the library.
TEST_F(CrashTest, NamesTheFile) {
  const std::string said = dying("abort", "run --seeds 0:5000 --ops 40 --crashes 2").err;
  const std::uint64_t seed = std::stoull(said.substr(said.find("seed ") + 5));
  StackPool stacks;
  const Scenario scenario = generate(seed, {.operations = 40, .crashes = 2, .for_every_store = true});
  write("a file.repro", encode_repro(repro_of(run(scenario, stacks)), {}));
  const Said replayed = dying("abort", "replay 'a file.repro'");
  EXPECT_EQ(replayed.code, 1);
  EXPECT_EQ(replayed.err,
            "\nFAILED  rule invariant  a file.repro\n\nreplay:    " DYING_STORE " replay 'a file.repro'\n");
}

// Goal: too small an address space is the environment's fault, and told as such. Method: a limit of 8 GB; help still
// works. Expectation: exit 7 with the limit and the next step.
TEST_F(CrashTest, SmallAddressSpace) {
  if (heap_address_bytes() == 0) GTEST_SKIP() << "machines have no addresses of their own under a sanitizer";
  for (const std::string command : {"run --seed 1", "marks --seeds 1:2", "replay 1"}) {
    const Said said = shell("ulimit -v 8000000; '" MYLONITE_SIM "' " + command);
    EXPECT_EQ(said.code, 7) << command;
    EXPECT_TRUE(contains(said.err, "the limit on addresses (`ulimit -v`) is 8000000 KiB; ")) << said.err;
    EXPECT_TRUE(said.err.ends_with("\n  raise the limit (`ulimit -v unlimited`), or limit memory in another way\n"));
  }
  EXPECT_EQ(shell("ulimit -v 8000000; '" MYLONITE_SIM "' --help").code, 0);
}

}  // namespace
}  // namespace mylonite::sim
