// `mylonite-sim report` and `trace` as a user runs them: what they write, what they refuse.
#include <string>

#include <gtest/gtest.h>

#include "sim/machine/fiber.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

class ReportCommandTest : public ProgramTest {
 protected:
  void write_repro(const std::string& name, const std::string& rule) const {
    StackPool stacks;
    Repro repro = repro_of(run(generate(7, {.operations = 40, .crashes = 2}), stacks));
    repro.rule = rule;
    write(name, encode_repro(repro, {}));
  }
};

constexpr const char* kSmall = " --ops 40 --crashes 2";

// Goal: a page of a seed and of a file are the same run. Method: both. Expectation: exit 0, one line with the file's
// name and size; the pages differ in the replay command only.
TEST_F(ReportCommandTest, WritesAPage) {
  write_repro("seven.repro", "");
  const Said by_seed = sim("report 7 -o seed.html" + std::string(kSmall));
  EXPECT_EQ(by_seed.code, 0) << by_seed.err;
  EXPECT_EQ(by_seed.out, "seed.html: " + std::to_string(read("seed.html").size()) + " bytes\n");
  const Said by_file = sim("report seven.repro -o file.html");
  EXPECT_EQ(by_file.code, 0) << by_file.err;
  const auto data = [](const std::string& page) { return page.substr(page.find("id=\"data\"")); };
  EXPECT_EQ(data(read("seed.html")), data(read("file.html")));
  EXPECT_TRUE(contains(read("seed.html"), "replay 7 --ops 40 --crashes 2"));
  EXPECT_TRUE(contains(read("file.html"), "replay seven.repro"));
}

// Goal: trace writes events for Perfetto, and prints the events of a replay. Method: both. Expectation: JSON with
// events; the lines that `replay --trace` prints.
TEST_F(ReportCommandTest, WritesATrace) {
  const Said written = sim("trace 7 --perfetto seven.json" + std::string(kSmall));
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_GT(nlohmann::json::parse(read("seven.json")).at("traceEvents").size(), 100U);
  const Said printed = sim("trace 7" + std::string(kSmall));
  EXPECT_EQ(printed.out, sim("replay 7 --trace" + std::string(kSmall)).out);
}

// Goal: mistakes are told as by other commands. Method: one of each. Expectation: their exit codes; no page.
TEST_F(ReportCommandTest, Refuses) {
  EXPECT_EQ(sim("report 7").code, 2);
  EXPECT_EQ(sim("report absent.repro -o a.html").code, 5);
  EXPECT_EQ(sim("report 7 -o nowhere/a.html" + std::string(kSmall)).code, 7);
  write_repro("other.repro", "lost");
  const Said differs = sim("report other.repro -o b.html");
  EXPECT_EQ(differs.code, 6);
  EXPECT_TRUE(contains(differs.err, "did not reproduce"));
  EXPECT_TRUE(contains(read("b.html"), "A clean run"));
  EXPECT_EQ(read("a.html"), "");
}

}  // namespace
}  // namespace mylonite::sim
