// A planted bug's whole way, as the user sees it: found, told, replayed, kept.
#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

// A simulator whose engine has a planted bug (tests/mutants), built when asked for.
class FoundBugTest : public ProgramTest {
 protected:
  static constexpr const char* kMutant = "'" MYLONITE_BUILD_DIR "/mylonite-sim-torn-tail' ";
  Said mutant(const std::string& arguments) const { return shell(kMutant + arguments); }
};

// Goal: a bug's whole way, as the user sees it. Method: hunt a planted one, replay its file on the same engine, and on
// the sound one. Expectation: exit 1 with story, file and command; the file replays to the same; on the sound engine it
// does not reproduce.
TEST_F(FoundBugTest, IsReportedAndReplays) {
  const Said built = shell("'" CMAKE "' --build '" MYLONITE_BUILD_DIR "' --target mylonite-sim-torn-tail");
  ASSERT_EQ(built.code, 0) << built.out << built.err;
  // From a seed on whose failure is a power loss, not a damaged file.
  const std::string hunt = "run --seeds 11:2000 --ops 100 --crashes 5 --until-failure --check-determinism 0 ";
  const Said found = mutant(hunt + "--out bugs --jsonl run.jsonl");
  EXPECT_EQ(found.code, 1);
  EXPECT_TRUE(contains(found.out, " seeds, 1 FAILED, in ")) << found.out;
  const auto lines = read_lines("run.jsonl");
  const auto failure = std::ranges::find(lines, Json("failure"), [](const Json& line) { return line["ev"]; });
  ASSERT_NE(failure, lines.end());
  const std::string artifact = (*failure)["artifact"];
  const std::string rule = (*failure)["rule"];
  const auto seed = (*failure)["seed"].get<std::uint64_t>();
  EXPECT_EQ(artifact, fmt::format("bugs/seed-{}.repro", seed));
  for (const std::string& part :
       {fmt::format("FAILED  seed {} ", seed), "rule " + rule, "seeds:     " + std::to_string(seed),
        std::string("shrunk:    "), fmt::format("scenario:  bugs/seed-{}.small.repro", seed),
        std::string("they differ from"),
        fmt::format("replay:    " MYLONITE_BUILD_DIR "/mylonite-sim-torn-tail replay bugs/seed-{}.small.repro", seed),
        std::string("== power loss")}) {
    EXPECT_TRUE(contains(found.err, part)) << part << " in\n" << found.err;
  }

  std::string command = found.err.substr(found.err.find("replay:    ") + 11);
  command = command.substr(0, command.find('\n'));
  Said replayed = shell(command);
  EXPECT_EQ(replayed.code, 1);
  EXPECT_TRUE(contains(replayed.out, "reproduced: " + rule + ", trace ")) << replayed.out;
  replayed = mutant(fmt::format("replay {} --ops 100 --crashes 5", seed));
  EXPECT_EQ(replayed.code, 1) << "by its seed, too";
  EXPECT_TRUE(contains(replayed.out, "rule " + rule));
  const Said sound = sim("replay " + artifact);
  EXPECT_EQ(sound.code, 6);
  EXPECT_TRUE(contains(sound.err, ": expected rule " + rule + ", found a clean run")) << sound.err;
}

// Goal: failures that were found once are looked at first. Method: keep one; replay it with and without the bug, also
// before a run; keep it twice, and prune. Expectation: reproduced and exit 1, fixed and exit 0; one file is left.
TEST_F(FoundBugTest, IsKeptInACorpus) {
  ASSERT_EQ(shell("'" CMAKE "' --build '" MYLONITE_BUILD_DIR "' --target mylonite-sim-torn-tail").code, 0);
  const std::string hunt = "run --ops 100 --crashes 5 --until-failure --check-determinism 0 --shrink 0s ";
  ASSERT_EQ(mutant(hunt + "--seeds 11:2000 --out a --junit j.xml").code, 1);
  EXPECT_TRUE(contains(read("j.xml"), "<failure message=\"invented in recovery")) << read("j.xml");
  ASSERT_EQ(mutant(hunt + "--seeds 100:2000 --out b").code, 1);
  EXPECT_EQ(mutant("corpus add kept a/*.repro b/*.repro").code, 0);
  const Said reproduced = mutant("corpus run kept");
  EXPECT_EQ(reproduced.code, 1);
  EXPECT_TRUE(contains(reproduced.out, "reproduced: kept/invented-recovery-")) << reproduced.out;
  const Said before = mutant("run --seeds 0:1 --ops 10 --crashes 1 --corpus kept");
  EXPECT_EQ(before.code, 1) << "a kept failure fails the run";
  const Said fixed = sim("corpus run kept");
  EXPECT_EQ(fixed.code, 0);
  EXPECT_TRUE(contains(fixed.out, " 0 reproduced, ")) << fixed.out;
  const Said pruned = mutant("corpus prune kept");
  EXPECT_EQ(pruned.code, 0);
  EXPECT_TRUE(contains(mutant("corpus run kept").out, "kept: 1 files, 1 reproduced")) << pruned.out;
  write("kept/garbage.repro", "once upon a time");
  EXPECT_EQ(sim("corpus run kept").code, 5) << "an unreadable file is not passed over";
  EXPECT_EQ(sim("corpus run nowhere").code, 5);
}

}  // namespace
}  // namespace mylonite::sim
