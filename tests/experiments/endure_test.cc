// mylonite-lab endure, open and recovery as a user runs them, tiny.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <mylonite/store.h>

#include "experiments/endure/contents.h"
#include "experiments/endure/place.h"
#include "tests/sim_tool/program.h"

namespace mylonite::experiments {
namespace {

using sim::contains;
using sim::Said;

class EndureTest : public sim::ProgramTest {
 protected:
  Said lab(const std::string& arguments) const { return shell("'" MYLONITE_LAB "' " + arguments); }
};

constexpr const char* kSmall =
    " --set memtable_max_bytes=20000 --set sstable_max_bytes=20000 --set compaction_threshold_bytes=80000";

// Goal: a life runs to its end and is judged, under every policy that merges. Method: few entries, small tables, so
// that merges run; JSON. Expectation: exit 0, no failure, the last phases hold half of the keys, nothing is left
// behind.
TEST_F(EndureTest, ALifeUnderEveryPolicy) {
  for (const std::string policy : {"one_lvl", "full", "tier", "random_legal"}) {
    const Said said = lab("endure --entries 2000 --json --dir . --policy " + policy + kSmall);
    ASSERT_EQ(said.code, 0) << policy << said.err << said.out;
    const auto json = nlohmann::json::parse(said.out);
    EXPECT_EQ(json["failure"], "");
    const auto& phases = json["phases"];
    ASSERT_EQ(phases.size(), 19U);
    EXPECT_EQ(phases[2]["operations"], 2000);
    EXPECT_LE(phases.back()["live_bytes"], 1000 * 116);
    EXPECT_GT(phases.back()["live_bytes"], 900 * 116);
    // A full level 0 stops the writers until it is merged. random_legal stops nobody and merges by chance: for it, the
    // merge that is asked for counts, too.
    EXPECT_GT(phases[policy == "random_legal" ? 12 : 8]["stats"]["merges"], 0);
    EXPECT_GT(json["memory"]["stated"], 0);
    EXPECT_TRUE(names().empty());
  }
}

// Goal: what cannot be run is refused before anything runs. Method: options and policies that are not known or not
// legal. Expectation: exit 2, the allowed values, no report.
TEST_F(EndureTest, UnknownSettings) {
  EXPECT_EQ(lab("endure --entries 10 --set no_such=1").code, 2);
  EXPECT_EQ(lab("endure --entries 10 --set block_bytes=0").code, 2);
  for (const auto& [arguments, says] : {std::pair{"--policy best", "'best': expected one of none, "},
                                        {"--policy lazy:T=1", "parameter T = 1: expected 2 to 1000"},
                                        {"--set compaction_policy=tier", "expected --policy tier"}}) {
    const Said said = lab(std::string("endure --entries 10 ") + arguments);
    EXPECT_EQ(said.code, 2) << arguments;
    EXPECT_EQ(said.out, "") << arguments;
    EXPECT_TRUE(said.err.starts_with("mylonite-lab: invalid argument: ") && contains(said.err, says)) << said.err;
  }
}

// Goal: a place that cannot be used is named, with the reason and the next step. Method: every command, in a directory
// that is not there; for bench, which makes it, below a file. Expectation: exit 7, two lines.
TEST_F(EndureTest, PlaceThatIsNotThere) {
  write("file", "");
  const std::string next = "\n  name a directory that exists, and that you may write, with --dir\n";
  for (const std::string command : {"endure --entries 10", "open --tables 1", "recovery --log-mib 1"}) {
    const Said said = lab(command + " --dir nowhere");
    EXPECT_EQ(said.code, 7) << command;
    EXPECT_EQ(said.err,
              "mylonite-lab: I/O error: nowhere: no directory can be made here: No such file or directory" + next);
  }
  const Said said = lab("bench --entries 10 --workloads fillseq --dir file/below");
  EXPECT_EQ(said.code, 7);
  EXPECT_EQ(said.err, "mylonite-lab: I/O error: file/below: no directory can be made here: Not a directory" + next);
}

// Goal: many tables, and a log whose writer died, open. Method: few tables under a bound of 10 files; a log of a
// mebibyte. Expectation: exit 0, figures above 0, the descriptors within the bound, every record replayed.
TEST_F(EndureTest, OpenAndRecovery) {
  const Said open = lab("open --tables 40 --rounds 2 --open-files-max 10 --json --dir .");
  ASSERT_EQ(open.code, 0) << open.err << open.out;
  const auto figures = nlohmann::json::parse(open.out);
  EXPECT_GT(figures["tables"], 20);
  EXPECT_GT(figures["open_ms"], 0);
  EXPECT_LE(figures["descriptors_most"], 18);
  const Said recovery = lab("recovery --log-mib 1 --json --dir .");
  ASSERT_EQ(recovery.code, 0) << recovery.err << recovery.out;
  const auto points = nlohmann::json::parse(recovery.out);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0]["records"], (1 << 20) / 144);
  EXPECT_GT(points[0]["mib_per_s"], 0);
  EXPECT_TRUE(names().empty());
}

// Goal: the judge is not blind. Method: a store that lacks a key, holds one too many, or another value, judged by scans
// both ways and by get. Expectation: each is told.
TEST_F(EndureTest, TheJudgeSeesEveryKindOfWrongAnswer) {
  const StreamOptions stream{.entries = 10};
  Contents contents(stream);
  Options options;
  options.data_dir = path("judged");
  auto opened = Store::open(options);
  ASSERT_TRUE(opened.ok());
  Store& store = **opened;
  for (std::uint64_t i = 0; i < 9; ++i) {
    ASSERT_TRUE(store.put(contents.key(i), contents.value(i)).ok());
    contents.put(i);
  }
  Session session = store.session();
  const auto wrong = [&](std::uint64_t index) {
    return !contents.judge_scan(store.session(), Contents::Direction::kForward).ok() &&
           !contents.judge_scan(store.session(), Contents::Direction::kBackward).ok() &&
           !contents.judge_get(session, index).ok();
  };
  ASSERT_EQ(contents.judge_scan(store.session(), Contents::Direction::kForward).value(), 9U);
  ASSERT_EQ(contents.judge_scan(store.session(), Contents::Direction::kBackward).value(), 9U);
  contents.put(9);
  EXPECT_TRUE(wrong(9));
  contents.remove(9);
  for (const std::uint64_t extra : {0U, 4U, 8U}) {
    contents.remove(extra);
    EXPECT_TRUE(wrong(extra));
    contents.put(extra);
  }
  ASSERT_TRUE(contents.judge_get(session, 4).ok());
  ASSERT_TRUE(store.put(contents.key(4), "another").ok());
  EXPECT_TRUE(wrong(4));
  EXPECT_TRUE(store.close().ok());
}

}  // namespace
}  // namespace mylonite::experiments
