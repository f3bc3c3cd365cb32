// What the simulator says when the process cannot go on: a store that dies, too small an address space.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/machine_heap.h"
#include "sim/machine/sanitizer.h"
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
  std::string what;
};
const std::vector<Fate> kFates = {
    {"abort", "crash", "SIGABRT: the code ended the process"},
    {"null", "crash", "SIGSEGV: access to memory that is not there, at address 0x0"},
    {"overflow", "crash", "a stack has overflowed"},
    {"division", "crash", "SIGFPE: an impossible division"},
    {"exception", "crash", "an exception that nobody catches: of the store"},
    {"memory", "memory", "the machine has no memory left"},
    {"invariant", "invariant", "dying_store.cc:"},
    {"loop", "hang", "the code loops without a lock, a wait, a file call or another step"},
};
// Under AddressSanitizer these are the sanitizer's to tell.
bool is_caught(const Fate& fate) {
  return !kAddressSanitizer || (fate.how != "null" && fate.how != "overflow" && fate.how != "division");
}

// Goal: what dies before the step that was asked for is told. Method: a store that aborts as it is opened.
TEST_F(CrashTest, DeathBeforeTheStep) {
  if (kThreadSanitizer) GTEST_SKIP() << "not caught";
  ASSERT_EQ(dying("abort", "run --seeds 0:500 --ops 40 --crashes 2 --until-failure --shrink 0s").code, 1);
  const Said until = dying("abort", "replay seed-*.repro --until 100000");
  EXPECT_EQ(until.code, 0) << until.err;
  EXPECT_TRUE(contains(until.out, "rule crash: SIGABRT: the code ended the process\n")) << until.out;
}

// Goal: a store that dies is a finding like any other, and the campaign goes on. Method: every kind of death, on one
// thread and on two. Expectation: exit 1; the rule, a sentence, the stack, a file; the printed command reproduces the
// file's run, hash included; without the death the file does not reproduce. What a sanitizer ends it tells itself, and
// the seed follows.
TEST_F(CrashTest, ADeathIsAFinding) {
  for (const Fate& fate : kFates) {
    if (!is_caught(fate)) {
      const Said said = dying(fate.how, "run --seeds 0:500 --ops 40 --crashes 2");
      EXPECT_EQ(said.code, 1) << fate.how;
      EXPECT_TRUE(contains(said.err, "AddressSanitizer: ")) << fate.how << said.err;
      EXPECT_TRUE(contains(said.err, "\nFAILED  rule sanitizer  seed ")) << fate.how << said.err;
      continue;
    }
    for (const std::string jobs : {"1", "2"}) {
      if (fate.how == "loop" && jobs == "2") continue;  // it takes seconds
      const std::string words =
          "run --ops 40 --crashes 2 --no-liar --until-failure --shrink 2s --seeds 0:5000 --jobs " + jobs;
      const Said found = dying(fate.how, words);
      ASSERT_EQ(found.code, 1) << fate.how << found.out << found.err;
      EXPECT_TRUE(contains(found.err, "  rule " + fate.rule + "\n  ")) << found.err;
      if (fate.how == "exception") {
        EXPECT_TRUE(contains(found.err, " at dying_store.cc:")) << "where it was thrown\n" << found.err;
      }
      EXPECT_TRUE(contains(found.err, fate.what)) << found.err;
      EXPECT_TRUE(contains(found.err, "\nthe stack:\n  ")) << found.err;
      const std::size_t at = found.err.find("replay:    " DYING_STORE " ");
      ASSERT_NE(at, std::string::npos) << found.err;
      const std::size_t from = at + std::string("replay:    " DYING_STORE " ").size();
      const std::string command = found.err.substr(from, found.err.find('\n', from) - from);
      const Said again = dying(fate.how, command);
      EXPECT_EQ(again.code, 1) << command;
      EXPECT_TRUE(contains(again.out, "reproduced: " + fate.rule + ", trace ")) << again.out << again.err;
      EXPECT_EQ(dying("none", command).code, 6) << command;
    }
  }
}

// Goal: nothing is lost of a campaign with many deaths. Method: one seed in about thirty dies. Expectation: a line for
// every seed, a failure's line for each that died, the same on one thread and on two.
TEST_F(CrashTest, ACampaignGoesOn) {
  const std::string how = kAddressSanitizer ? "abort" : "null";
  std::vector<std::uint64_t> failed[2];
  for (const std::size_t jobs : {1U, 2U}) {
    const Said said =
        dying(how, "run --ops 40 --crashes 2 --no-liar --seeds 0:2000 --shrink 1s --jsonl a.jsonl --jobs " +
                       std::to_string(jobs));
    ASSERT_EQ(said.code, 1) << said.err;
    std::uint64_t seeds = 0;
    for (const auto& line : read_lines("a.jsonl")) {
      seeds += line["ev"] == "seed" ? 1 : 0;
      if (line["ev"] == "failure") failed[jobs - 1].push_back(line["seed"]);
    }
    EXPECT_EQ(seeds, 2000U);
    std::ranges::sort(failed[jobs - 1]);
  }
  EXPECT_GT(failed[0].size(), 20U);
  EXPECT_EQ(failed[0], failed[1]);
}

// Goal: a death outside of any fiber, which nobody can survive, names the seed and the command that runs it again.
// Method: a store that dies as it is made for the host. Expectation: exit 1, the rule, the seed, the command.
TEST_F(CrashTest, WhatCannotBeCaughtNamesTheSeed) {
  const Said said = dying("host", "run --seeds 0:50 --ops 40 --crashes 2");
  EXPECT_EQ(said.code, 1);
  EXPECT_TRUE(said.err.starts_with("\nFAILED  rule crash (SIGABRT: the code ended the process)  seed 1\n")) << said.err;
  EXPECT_TRUE(said.err.ends_with("\n\nreplay:    " DYING_STORE " replay 1 --ops 40 --crashes 2\n")) << said.err;
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
