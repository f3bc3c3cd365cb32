// The registry's texts, and what the one chooser does alike for every policy.
#include "core/compaction/chooser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <mylonite/options.h>

#include "core/compaction/legality.h"
#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

// Two parameters, and a ranking that the test sets.
CompactionPolicy example(const Ranking& ranking) {
  return {.name = "sample",
          .what = "an example",
          .parameters = {{.name = "K", .fallback = 3, .low = 1, .high = 100},
                         {.name = "Z", .fallback = 1, .low = -5, .high = 100}},
          .rank = [ranking](const PolicyView&) { return ranking; }};
}

std::string text_of_policy(std::string_view text) {
  const auto policy = configure_policy({example({}), {.name = "plain", .what = "w", .rank = example({}).rank}}, text);
  return policy.ok() ? policy->text : policy.error().message();
}

// Goal: a policy's text says its parameters, and a wrong text is refused with what is allowed. Method: texts right and
// wrong. Expectation: the text with every parameter, or the message word for word.
TEST(PolicyText, ParametersAreParsed) {
  EXPECT_EQ(text_of_policy("plain"), "plain");
  EXPECT_EQ(text_of_policy("sample"), "sample:K=3,Z=1");
  EXPECT_EQ(text_of_policy("sample:Z=-2"), "sample:K=3,Z=-2");
  EXPECT_EQ(text_of_policy("sample:Z=2,K=9"), "sample:K=9,Z=2");
  const std::string option = "option compaction_policy = ";
  EXPECT_EQ(text_of_policy(""), option + "'': expected one of sample, plain");
  EXPECT_EQ(text_of_policy("level"), option + "'level': expected one of sample, plain");
  EXPECT_EQ(text_of_policy("plain:K=3"), option + "'plain:K=3': 'plain' takes no parameters");
  EXPECT_EQ(text_of_policy("sample:Q=3"), option + "'sample:Q=3': 'sample' has no parameter 'Q'; there are: K, Z");
  EXPECT_EQ(text_of_policy("sample:"), option + "'sample:': 'sample' has no parameter ''; there are: K, Z");
  EXPECT_EQ(text_of_policy("sample:K"), option + "'sample:K': parameter K = '': expected a whole number");
  EXPECT_EQ(text_of_policy("sample:K=3x"), option + "'sample:K=3x': parameter K = '3x': expected a whole number");
  EXPECT_EQ(text_of_policy("sample:K=101"), option + "'sample:K=101': parameter K = 101: expected 1 to 100");
  EXPECT_EQ(text_of_policy("sample:Z=-6,K=1"), option + "'sample:Z=-6,K=1': parameter Z = -6: expected -5 to 100");
  EXPECT_EQ(text_of_policy("sample:K=1,K=2"), option + "'sample:K=1,K=2': parameter K is given twice");
  EXPECT_EQ(text_of_policy("sample:K=1,"), option + "'sample:K=1,': 'sample' has no parameter ''; there are: K, Z");
}

// Goal: a registry that cannot work is refused before it is used. Method: one flaw at a time. Expectation: the row and
// the flaw by name.
TEST(PolicyText, RegistryIsChecked) {
  const auto flaw = [](const CompactionPolicies& rows) {
    const auto policy = configure_policy(rows, "none");
    return policy.ok() ? std::string() : policy.error().message();
  };
  const auto with = [&](auto change) {
    CompactionPolicies rows = standard_policies();
    rows.push_back(example({}));
    change(rows.back());
    return flaw(rows);
  };
  const std::string registry = "registry of compaction policies: ";
  EXPECT_EQ(with([](auto&) {}), "");
  EXPECT_EQ(flaw({}), registry + "it is empty");
  EXPECT_EQ(with([](auto& row) { row.name = "tier"; }), registry + "'tier': two policies have this name");
  EXPECT_EQ(with([](auto& row) { row.name = "b:d"; }), registry + "'b:d': a name consists of letters, digits, - and _");
  EXPECT_EQ(with([](auto& row) { row.name = ""; }), registry + "'': a name consists of letters, digits, - and _");
  EXPECT_EQ(with([](auto& row) { row.rank = nullptr; }), registry + "'sample': it has no rank function");
  EXPECT_EQ(with([](auto& row) { row.parameters[1].name = "K"; }),
            registry + "'sample': it declares parameter K twice");
  EXPECT_EQ(with([](auto& row) { row.parameters[0].name = "a,b"; }),
            registry + "'sample': parameter 'a,b': a name consists of letters, digits, - and _");
  const std::string range =
      registry + "'sample': parameter K: its default or a value worth trying is not within 1 to 100";
  EXPECT_EQ(with([](auto& row) { row.parameters[0].fallback = 0; }), range);
  EXPECT_EQ(with([](auto& row) { row.parameters[0].worth_trying = {4, 101}; }), range);
}

// Goal: rows of the registry are fit to be found, drawn and explained. Method: look at all standard ones. Expectation:
// names are unique words; each says what it does and can rank; parameters' defaults and trial values are in range.
TEST(PolicyText, StandardRowsAreWhole) {
  std::set<std::string> names;
  for (const CompactionPolicy& each : standard_policies()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_EQ(each.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << each.name;
    EXPECT_FALSE(each.what.empty()) << each.name;
    EXPECT_TRUE(each.rank != nullptr) << each.name;
    for (const PolicyParameter& parameter : each.parameters) {
      EXPECT_FALSE(parameter.meaning.empty()) << each.name << " " << parameter.name;
      EXPECT_TRUE(std::ranges::is_sorted(parameter.worth_trying)) << each.name << " " << parameter.name;
      EXPECT_TRUE(parameter.low <= parameter.fallback && parameter.fallback <= parameter.high) << parameter.name;
      for (const std::int64_t value : parameter.worth_trying) {
        EXPECT_TRUE(parameter.low <= value && value <= parameter.high) << parameter.name << " " << value;
      }
    }
  }
}

struct Chooser : ::testing::Test {
  Choice choose_by(const CompactionPolicy& policy, std::string_view text = "sample") {
    const ConfiguredPolicy configured = configure_policy({policy}, text).value();
    return choose(configured, {.levels = version.levels,
                               .running = running,
                               .options = options,
                               .now = Timestamp{1000},
                               .floor = Timestamp{1000},
                               .state = "before",
                               .parameters = configured.parameters});
  }
  CompactionCandidate table_at(std::uint32_t level, std::size_t index, std::int64_t score) const {
    const auto& run = version.levels.at(level).runs.at(0);
    return {.kind = CompactionCandidate::Kind::kTable,
            .position = {.level = level, .run = run.id},
            .table = &run.tables.at(index),
            .to_level = level + 1,
            .score = score};
  }

  Version version = tree(
      "level 1: run 3 = 3:a-f:100 4:g-k:100 5:n-z:100\n"
      "level 2: run 2 = 20:a-c:100 21:d-h:100 22:o-p:100\n");
  std::vector<RunningJob> running = {
      running_of(version, "running 30: level 1 run 3 tables 3 level 2 run 2 tables 20 21 -> level 2 run 2")};
  Options options;
};

// Goal: the first legal candidate is chosen, and the reason names what was not. Method: the best candidate overlaps
// what a job works on. Expectation: the next one, moved or merged by the default plan; the trigger's words, the others.
TEST_F(Chooser, TakesTheFirstLegalCandidate) {
  Ranking ranking;
  ranking.triggers = {{.what = "too large", .score = 7, .measure = "weight"},
                      {.what = "also weighed", .score = 5},
                      {.what = "nothing to it", .score = 0}};
  ranking.candidates = {table_at(1, 1, 9), table_at(1, 2, 8)};
  const Choice choice = choose_by(example(ranking));
  ASSERT_TRUE(choice.job);
  EXPECT_EQ(text_of(*choice.job), "merge level 1 run 3 tables 5 level 2 run 2 tables 22 -> level 2 run 2");
  EXPECT_EQ(choice.job->why,
            (Reason{.trigger = "too large (score 7/1024)",
                    .chosen = "level 1: table 5; level 2: table 22, weight 8",
                    .rejected = {{.what = "table 4", .score = 9}, {.what = "also weighed", .score = 5}}}));
}

// Goal: a candidate that is not legal holds a level back, wherever that level's candidates stand. Method: as above, the
// illegal one behind the legal one. Expectation: nothing while it is not legal, the other one once it is.
TEST_F(Chooser, HoldsBack) {
  Ranking ranking;
  ranking.triggers = {{.what = "due"}};
  ranking.candidates = {table_at(1, 2, 8), table_at(1, 1, 9)};
  ranking.candidates[1].holds_back = 1;
  EXPECT_FALSE(choose_by(example(ranking)).job);
  running.clear();
  ASSERT_TRUE(choose_by(example(ranking)).job);
  EXPECT_EQ(choose_by(example(ranking)).job->inputs.front().tables.front(), FileNumber{5});
}

// Goal: a policy whose every proposal is illegal can be told from one that has nothing to do. Method: a level that is
// not there, while a job runs and without; then a legal candidate behind it. Expectation: the reason only without.
TEST_F(Chooser, SaysWhyNoneIsLegal) {
  Ranking ranking;
  ranking.triggers = {{.what = "due"}};
  ranking.candidates = {{.position = {.level = 9}, .to_level = 10}};
  EXPECT_EQ(choose_by(example(ranking)).refused, "");
  running.clear();
  EXPECT_EQ(choose_by(example(ranking)).refused, "illegal compaction: no inputs");
  ranking.candidates.push_back(table_at(1, 2, 8));
  EXPECT_EQ(choose_by(example(ranking)).refused, "");
  EXPECT_EQ(choose_by(example({})).refused, "");
  ranking.candidates.back().trigger = 1;
  EXPECT_FALSE(choose_by(example(ranking)).job);
  EXPECT_EQ(choose_by(example(ranking)).refused, "a candidate names trigger 1 of 1");
}

// Goal: a policy need not look at what runs. Method: a level whose tables are all busy, and a level that is not there.
// Expectation: no job.
TEST_F(Chooser, BusyLevelIsNoJob) {
  running = {
      running_of(version, "running 30: level 1 run 3 tables 3 4 5 level 2 run 2 tables 20 21 22 -> level 2 run 2")};
  Ranking ranking;
  ranking.triggers = {{.what = "due"}};
  ranking.candidates = {{.position = {.level = 1}, .to_level = 2}, {.position = {.level = 9}, .to_level = 10}};
  EXPECT_FALSE(choose_by(example(ranking)).job);
}

// Goal: what a ranking leaves open has the chooser's default. Method: rankings that say nothing, and that say it.
// Expectation: limits of the options; wake-up at the expiry or earlier; expired tombstones only where asked for.
TEST_F(Chooser, HasDefaults) {
  running.clear();
  options.level0_slowdown_runs = 3;
  options.level0_stop_runs = 5;
  options.tombstone_retention_seconds = 1;
  version.levels[2].runs[0].tables[0].oldest_tombstone = Timestamp{kTicksPerSecond};
  Choice choice = choose_by(example({}));
  EXPECT_FALSE(choice.job);
  EXPECT_EQ(choice.wake_at, Timestamp{2 * kTicksPerSecond});
  EXPECT_EQ(choice.level0.pressure.slowdown_runs, 3U);
  EXPECT_EQ(choice.level0.pressure.stop_runs, 5U);
  choice = choose_by(example({.wake_at = Timestamp{2000}, .pressure = kNoPressure}));
  EXPECT_EQ(choice.wake_at, Timestamp{2000});
  EXPECT_EQ(choice.level0.pressure.stop_runs, UINT64_MAX);
  EXPECT_FALSE(choose_by(example({.expired = ExpiredTombstones::kIgnored})).wake_at);
  options.tombstone_retention_seconds = 0;
  version.levels[2].runs[0].tables[0].oldest_tombstone = Timestamp{10};
  choice = choose_by(example({}));
  ASSERT_TRUE(choice.job);
  EXPECT_EQ(text_of(*choice.job), "merge level 2 run 2 tables 20 -> level 2 run 2");
  EXPECT_EQ(choice.next_state, "before");
  EXPECT_FALSE(choose_by(example({.expired = ExpiredTombstones::kIgnored})).job);
}

// Goal: a policy of one's own has its parameters, its state and its plan. Method: a plan that hands back what it saw.
// Expectation: the parameter of the text, the default of the other, the state for the next decision.
TEST_F(Chooser, GivesParametersAndState) {
  running.clear();
  Ranking ranking;
  ranking.triggers = {{.what = "asked"}};
  ranking.candidates = {{.kind = CompactionCandidate::Kind::kOther, .score = 1}};
  CompactionPolicy policy = example(ranking);
  policy.plan = [](const PolicyView& view, const CompactionCandidate&) {
    PlannedJob planned;
    planned.job = {
        .inputs = {{.level = 1, .run = RunId{3}, .tables = {FileNumber{4}}}}, .to_level = 1, .into = RunId{3}};
    planned.next_state =
        std::string(view.state) + " " + std::to_string(view.parameter("K")) + " " + std::to_string(view.parameter("Z"));
    return planned;
  };
  const Choice choice = choose_by(policy, "sample:Z=8");
  ASSERT_TRUE(choice.job);
  EXPECT_EQ(choice.job->why.trigger, "asked");
  EXPECT_EQ(choice.next_state, "before 3 8");
}

}  // namespace
}  // namespace mylonite::testing
