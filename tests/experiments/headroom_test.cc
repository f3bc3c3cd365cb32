// A search over forks: what it finds, and that nothing but its options decides.
#include "experiments/decisions/headroom.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim_tool/program.h"

namespace mylonite::experiments {
namespace {

RunSpec tiny() {
  return {.policy = "lo1",
          .device = "none",
          .processor = "none",
          .entries = 2000,
          .buffer_entries = 64,
          .size_ratio = 4,
          .base_buffers = 2,
          .rests = true,
          .set = {{"compaction_threads", "1"}}};
}

std::uint64_t written(const RunFigures& at) { return at.flush_bytes + at.merge_bytes_out; }

// The least that any choice of candidates writes, at decisions from `at` to `last`; `runs` counts the lists.
std::uint64_t least(std::vector<Deviation> deviations, std::uint64_t at, std::uint64_t last, std::uint64_t& runs) {
  const auto run = fork(tiny(), deviations, standard_policies());
  EXPECT_TRUE(run.ok()) << run.error().to_string();
  ++runs;
  std::uint64_t found = written(run->result.figures);
  for (std::uint64_t decision = at; decision <= std::min<std::uint64_t>(last, run->decisions.size()); ++decision) {
    for (std::size_t i = 1; i < run->decisions[decision - 1].candidates; ++i) {
      std::vector<Deviation> longer = deviations;
      longer.push_back({.decision = decision, .candidate = i});
      found = std::min(found, least(longer, decision + 1, last, runs));
    }
  }
  return found;
}

// Goal: a beam wide enough finds the best of all lists. Method: eight decisions amid the run, every list of
// deviations by recursion. Expectation: the same least figure, which is below the policy's, and a replay that has it.
TEST(HeadroomTest, AWideBeamIsExhaustive) {
  const auto own = fork(tiny(), {}, standard_policies());
  ASSERT_TRUE(own.ok());
  const std::uint64_t first = own->decisions.size() / 3;
  std::uint64_t lists = 0;
  const std::uint64_t expected = least({}, first, first + 7, lists);
  ASSERT_GT(lists, 10U);
  const auto found = headroom({.spec = tiny(),
                               .width = 100'000,
                               .candidates = 1000,
                               .first = first,
                               .decisions = 8,
                               .runs = 100'000,
                               .workers = 2},
                              standard_policies());
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->best_value, expected);
  EXPECT_EQ(found->policy_value, written(own->result.figures));
  EXPECT_LT(found->best_value, found->policy_value);
  EXPECT_EQ(found->last, first + 7);
  EXPECT_FALSE(found->spent);
  const auto again = fork(tiny(), found->deviations, standard_policies());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(result_hash(again->result), result_hash(found->best));
}

// Goal: workers change nothing, runs are a limit, and the figure is the one that was asked for. Method: few runs, one
// worker and three; other figures.
TEST(HeadroomTest, OptionsDecide) {
  HeadroomArguments arguments{.spec = tiny(), .runs = 40};
  const auto one = headroom(arguments, standard_policies());
  arguments.workers = 3;
  std::uint64_t said = 0;
  const auto three = headroom(arguments, standard_policies(), [&](const HeadroomProgress& at) { said = at.runs; });
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_EQ(headroom_json(*one, arguments), headroom_json(*three, arguments));
  EXPECT_TRUE(one->spent);
  EXPECT_EQ(one->runs, 40U);
  EXPECT_EQ(said, 40U);
  arguments.figure = "largest_merge_bytes";
  const auto other = headroom(arguments, standard_policies());
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->policy_value, one->policy.figures.largest_merge_bytes);
  arguments.figure = "merge_bytes_ou";
  EXPECT_NE(headroom(arguments, standard_policies()).error().message().find("did you mean 'merge_bytes_out'"),
            std::string::npos);
  arguments.figure = "merges";
  arguments.first = 1'000'000;
  EXPECT_EQ(headroom(arguments, standard_policies()).error().code(), Code::kInvalidArgument);
}

// Goal: a search that is stopped gives what it has. Method: stopped after 12 runs, and before the first. Expectation:
// the best of these runs, which `fork` replays, and where to go on; without any run nothing is known.
TEST(HeadroomTest, StoppedSearchGivesItsBest) {
  std::uint64_t ended = 0;
  HeadroomArguments arguments{.spec = tiny(), .stop = [&] { return ended == 12; }};
  const auto found = headroom(arguments, standard_policies(), [&](const HeadroomProgress& at) { ended = at.runs; });
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->stopped);
  EXPECT_EQ(found->runs, 12U);
  EXPECT_LE(found->best_value, found->policy_value);
  const auto again = fork(tiny(), found->deviations, standard_policies());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(result_hash(again->result), result_hash(found->best));
  EXPECT_NE(headroom_text(*found, arguments, "fork").find(fmt::format("to go on: --first {}", found->last + 1)),
            std::string::npos);
  arguments.stop = [] { return true; };
  EXPECT_EQ(headroom(arguments, standard_policies()).error().code(), Code::kClosed);
}

// Goal: deviations as text. Method: good ones, and every kind of mistake.
TEST(HeadroomTest, Deviations) {
  EXPECT_EQ(parse_deviation("12:3", 1), (Deviation{.decision = 12, .candidate = 3}));
  EXPECT_EQ(parse_deviation("12", 1), (Deviation{.decision = 12, .candidate = 1}));
  for (const char* text : {"", ":", "0:1", "12:", ":1", "12:x", "-1:1", "12:1:1", "99999999999999999999"}) {
    EXPECT_EQ(parse_deviation(text, 1).error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_EQ(deviations_text(std::vector<Deviation>{{.decision = 12, .candidate = 3}, {.decision = 40}}), "12:3 40:0");
  const std::vector<Deviation> twice = {{.decision = 2}, {.decision = 2, .candidate = 1}};
  EXPECT_EQ(fork(tiny(), twice, standard_policies()).error().code(), Code::kInvalidArgument);
}

using HeadroomProgram = sim::ProgramTest;

// Goal: what the command prints, `fork` replays. Method: a small search; its line, typed again.
TEST_F(HeadroomProgram, IsReplayedByFork) {
  ASSERT_EQ(shell("echo '{\"policy\": \"lo1\", \"entries\": 2000, \"buffer_entries\": 64, \"size_ratio\": 4, "
                  "\"base_buffers\": 2, \"rests\": true, \"set\": {\"compaction_threads\": 1}}' > spec.json")
                .code,
            0);
  const sim::Said said = shell("'" MYLONITE_LAB "' headroom spec.json --runs 60");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("headroom"), std::string::npos);
  const std::size_t at = said.out.find("fork spec.json");
  ASSERT_NE(at, std::string::npos) << said.out;
  const sim::Said replayed = shell("'" MYLONITE_LAB "' " + said.out.substr(at, said.out.find('\n', at) - at));
  ASSERT_EQ(replayed.code, 0) << replayed.err;
  const std::string figures = said.out.substr(said.out.find("write amplification ("));
  EXPECT_NE(replayed.out.find(figures), std::string::npos) << said.out << replayed.out;
  const sim::Said wrong = shell("'" MYLONITE_LAB "' headroom spec.json --figure write_amplificatio");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("did you mean 'write_amplification'"), std::string::npos) << wrong.err;
  EXPECT_EQ(shell("'" MYLONITE_LAB "' fork spec.json 12:x").code, 2);
}

}  // namespace
}  // namespace mylonite::experiments
