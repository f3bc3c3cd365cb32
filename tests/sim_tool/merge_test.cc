// `merge`: one campaign from the lines of its parts.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

class MergeTest : public ProgramTest {
 protected:
  // A store that dies of a null pointer, in some seeds.
  Said dying(const std::string& arguments) const { return shell("DEATH=null '" DYING_STORE "' " + arguments); }
};

// Goal: shards are one campaign. Method: the same seeds whole and in three shards, two of them in one order and the
// other. Expectation: equal in every figure; a shard that lacks is told with its seeds.
TEST_F(MergeTest, ShardsAreOneCampaign) {
  const std::string common = " --ops 40 --crashes 2 --check-determinism 0";
  ASSERT_EQ(sim("run --seeds 5:35 --jsonl whole.jsonl" + common).code, 0);
  for (const std::string i : {"0", "1", "2"}) {
    ASSERT_EQ(sim("run --seeds 5:35 --shard " + i + "/3 --jsonl s" + i + ".jsonl" + common).code, 0);
  }
  const Said whole = sim("merge --json whole.jsonl");
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_EQ(sim("merge --json s0.jsonl s1.jsonl s2.jsonl").out, whole.out);
  EXPECT_EQ(sim("merge --json s2.jsonl s0.jsonl s1.jsonl s0.jsonl").out, whole.out) << "a seed counts once";
  const nlohmann::json figures = nlohmann::json::parse(whole.out);
  EXPECT_EQ(figures["seeds"], 30);
  EXPECT_EQ(figures["missing_seeds"], "");
  const Said lacking = sim("merge s2.jsonl s0.jsonl");
  EXPECT_EQ(lacking.code, 0);
  EXPECT_TRUE(contains(lacking.out, "20 seeds clean; ")) << lacking.out;
  EXPECT_TRUE(contains(lacking.out, "not run, or not in these files: 10 of 30 seeds of 5:35\n")) << lacking.out;
}

// Goal: failures of shards are grouped as those of one run. Method: a store that dies in some seeds. Expectation: exit
// 1, all failing seeds under their signature, the command that replays the small file; a page that holds them.
TEST_F(MergeTest, FailuresAndPage) {
  for (const std::string i : {"0", "1"}) {
    ASSERT_EQ(dying("run --seeds 0:200 --shrink 2s --shard " + i + "/2 --jsonl s" + i + ".jsonl").code, 1);
  }
  std::size_t failing = 0;
  for (const std::string name : {"s0.jsonl", "s1.jsonl"}) {
    for (const nlohmann::json& line : read_lines(name)) failing += line["ev"] == "failure" ? 1 : 0;
  }
  ASSERT_GT(failing, 1U);
  const Said json = dying("merge s1.jsonl s0.jsonl --json");
  EXPECT_EQ(json.code, 1) << json.err;
  const nlohmann::json figures = nlohmann::json::parse(json.out);
  EXPECT_EQ(figures["failures"], failing);
  ASSERT_EQ(figures["signatures"].size(), 1U) << json.out;
  EXPECT_EQ(figures["signatures"][0]["seeds"].size(), failing);
  const Said drawn = dying("merge s1.jsonl s0.jsonl -o p.html");
  EXPECT_TRUE(contains(drawn.out, "page: p.html\n")) << drawn.out;
  const std::string page = read("p.html");
  EXPECT_TRUE(contains(page, " replay ./seed-")) << "the command that replays it";
  EXPECT_TRUE(contains(page, ".small.repro")) << "the small file is told, not the large one";
  EXPECT_FALSE(contains(page, "<script")) << "it needs none";
}

// Goal: what does not belong together is refused, by name and line. Method: other options, another hash for the same
// seed, a cut line, an empty file, a name whose .part is there.
TEST_F(MergeTest, PartsThatDisagree) {
  const std::string run = "run --check-determinism 0 --crashes 2 ";
  ASSERT_EQ(sim(run + "--seeds 0:4 --ops 40 --jsonl a.jsonl").code, 0);
  ASSERT_EQ(sim(run + "--seeds 4:6 --ops 41 --jsonl b.jsonl").code, 0);
  const Said options = sim("merge a.jsonl b.jsonl");
  EXPECT_EQ(options.code, 2);
  EXPECT_TRUE(contains(options.err, "b.jsonl, line 1: expected a part of the same campaign as a.jsonl")) << options.err;
  EXPECT_TRUE(contains(options.err, "--ops 40") && contains(options.err, "--ops 41")) << options.err;

  std::string text = read("a.jsonl");
  const std::string hash = read_lines("a.jsonl").at(2)["trace_hash"];
  std::string other = text;
  other.replace(other.find(hash), hash.size(), std::string(hash.size(), '0'));
  write("other.jsonl", other);
  const Said differs = sim("merge a.jsonl other.jsonl");
  EXPECT_EQ(differs.code, 3);
  EXPECT_TRUE(contains(
      differs.err, "other.jsonl, line 3: seed 1: expected trace hash " + hash + ", as in a.jsonl, line 3, found 00000"))
      << differs.err;

  write("cut.jsonl", text.substr(0, text.size() - 9));
  const Said cut = sim("merge cut.jsonl");
  EXPECT_EQ(cut.code, 2);
  EXPECT_TRUE(contains(cut.err, "cut.jsonl, line 6: expected one JSON object a line, found ")) << cut.err;
  write("going.jsonl.part", text.substr(0, text.size() - 9));
  const Said part = sim("merge going.jsonl.part");
  EXPECT_EQ(part.code, 0) << part.err;
  EXPECT_TRUE(contains(part.out, "of runs that were stopped, or go on: going.jsonl.part\n")) << part.out;
  EXPECT_TRUE(contains(sim("merge going.jsonl").err, "going.jsonl.part is there")) << sim("merge going.jsonl").err;
  // The part ends after the line of a seed that failed, before the line that says how.
  std::string failed = text.substr(0, text.find('\n', text.find("\"seed\":1,")) + 1);
  failed.replace(failed.rfind("passed"), 6, "failed");
  write("stopped.jsonl.part", failed);
  const Said stopped = sim("merge stopped.jsonl.part");
  EXPECT_EQ(stopped.code, 1);
  EXPECT_TRUE(contains(stopped.out, "2 seeds, 1 FAILED")) << stopped.out;
  EXPECT_TRUE(contains(stopped.out, "\nFAILED  (the lines that say how are missing)\n  seeds 1\n")) << stopped.out;
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"outcome\":\"passed\"", "\"outcome\":\"fine\""},
                                                        {hash, "z" + hash.substr(1)},
                                                        {"\"seed\":1,", "\"seed\":9,"}}) {
    std::string damaged = text;
    damaged.replace(damaged.find(from), from.size(), to);
    write("damaged.jsonl", damaged);
    EXPECT_EQ(sim("merge damaged.jsonl").code, 2) << to;
  }
  EXPECT_EQ(sim("merge a.jsonl -o ./a.jsonl").code, 2) << "the campaign would be lost";
  EXPECT_EQ(read("a.jsonl"), text);
  EXPECT_EQ(sim("merge a.jsonl -o nowhere/a.html").code, 7);
  write("empty.jsonl", "");
  EXPECT_EQ(sim("merge empty.jsonl").code, 2);
  EXPECT_EQ(sim("merge").code, 2);
}

}  // namespace
}  // namespace mylonite::sim
