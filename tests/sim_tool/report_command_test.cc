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

// Goal: two runs that should be one are compared to the first event that differs. Method: a printed trace as it is, and
// with one event changed. Expectation: equal, exit 0; the event with its number and place, both texts, exit 3.
TEST_F(ReportCommandTest, ComparesTraces) {
  ASSERT_EQ(sim("trace 7 > a.trace" + std::string(kSmall)).code, 0);
  const Said equal = sim("trace 7 --against a.trace" + std::string(kSmall));
  EXPECT_EQ(equal.code, 0) << equal.err;
  EXPECT_TRUE(contains(equal.out, " events, each as in a.trace\n")) << equal.out;
  std::string text = read("a.trace");
  const std::size_t at = text.find("\n200 ") + 5;
  const std::string event = text.substr(at, text.find('\n', at) - at);
  text.replace(at, event.size(), "note 1 2");
  write("b.trace", text);
  const Said differs = sim("trace 7 --against b.trace" + std::string(kSmall));
  EXPECT_EQ(differs.code, 3);
  EXPECT_TRUE(contains(differs.out, "== the first difference: event 200, in incarnation 1 at step ")) << differs.out;
  EXPECT_TRUE(contains(differs.out, "\n  b.trace   note 1 2\n  this run  " + event + "\n")) << differs.out;
  EXPECT_TRUE(contains(differs.out, "== incarnation 1 ")) << "the story until then";
  write("c.trace", "nothing of the kind\n");
  EXPECT_EQ(sim("trace 7 --against c.trace" + std::string(kSmall)).code, 2);
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

// Goal: nothing is lost by a wrong name. Method: outputs in the place of an input or of one another, and where no file
// can be made. Expectation: refused at once, with the code for usage or for the environment; the scenario is as it was.
TEST_F(ReportCommandTest, OutputsAreCheckedFirst) {
  write_repro("a.repro", "");
  const std::string before = read("a.repro");
  for (const char* arguments :
       {"report a.repro -o ./a.repro", "trace a.repro --perfetto a.repro", "shrink a.repro --as-test a.repro",
        "shrink a.repro -o b.repro --as-test ./b.repro", "run --seeds 0:1 --jsonl l --junit ./l"}) {
    EXPECT_EQ(sim(arguments).code, 2) << arguments;
  }
  for (const char* arguments : {"report a.repro -o nowhere/a", "shrink a.repro -o nowhere/a",
                                "shrink a.repro --as-test nowhere/a", "run --seeds 0:1 --out nowhere/b"}) {
    EXPECT_EQ(sim(arguments).code, 7) << arguments;
  }
  EXPECT_EQ(read("a.repro"), before);
  EXPECT_EQ(read("b.repro"), "");
}

// Goal: a file that cannot be written whole leaves nothing. Method: a limit on the size of files, whose signal is
// ignored. Expectation: exit 7, the path and the reason; no part of the page.
TEST_F(ReportCommandTest, NoRoomForThePage) {
  const Said said = shell("trap '' XFSZ; ulimit -f 1; '" MYLONITE_SIM "' report 7 -o a.html" + std::string(kSmall));
  EXPECT_EQ(said.code, 7) << said.err;
  EXPECT_TRUE(contains(said.err, "a.html: write: File too large")) << said.err;
  EXPECT_FALSE(std::filesystem::exists(folder() / "a.html.part"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "a.html"));
}

}  // namespace
}  // namespace mylonite::sim
