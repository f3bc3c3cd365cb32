// What people and programs read of a campaign, and of a failure.
#include "sim/campaign/campaign_text.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/campaign/campaign_lines.h"
#include "sim/report/report.h"
#include "sim/run/coverage.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

Campaign small_campaign() {
  Campaign campaign{.seeds = 10, .wall_ns = 2'000'000'000, .stats = {}};
  campaign.stats.operations = 1000;
  campaign.stats.writes = 600;
  campaign.stats.crashes = 50;
  campaign.stats.recoveries = 40;
  campaign.stats.steps = 20'000;
  campaign.stats.crashes_at[static_cast<std::size_t>(faultfs::CallKind::kAppend)] = 30;
  campaign.stats.crashes_at[static_cast<std::size_t>(faultfs::CallKind::kSync)] = 10;
  campaign.stats.acknowledged_lost = {{0, 6}, {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 5}, {9, 5}};
  campaign.stats.coverage.mark(kMarks[0].name, 7);
  campaign.stats.jobs = {{"lazy:T=2", 2}, {"lazy:T=4", 1}, {"one_lvl", 30}, {"tier", 12}};
  campaign.stats.seeds = 10;
  campaign.stats.seeds_merging_at_once = 4;
  return campaign;
}

Outcome failed_outcome() {
  Outcome outcome;
  outcome.recorded.seed = 42;
  outcome.failure = Failure{.rule = "lost", .what = "expected \"a\",\nfound b", .incarnation = 3, .step = 77};
  outcome.story = {"  client 1  put", "== crash"};
  return outcome;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Goal: the summary says how much, how fast and how spread. Method: figures that are easy by hand.
TEST(CampaignTextTest, Summary) {
  const std::string text = summary_text(small_campaign(), {.workers = 2});
  for (const char* part :
       {"10 seeds clean in 2.0 s: 5 seeds/s, 20 crash/recover cycles/s, 200000 ns a step, 2 workers\n",
        "1000 operations, 600 writes, 50 crashes", "crashes by file call: append 75.0%, sync 25.0%; faults: lie 0, ",
        "0: 30.0%, 1: 5.0%, 2: 5.0%, 3-4: 10.0%, 5-8: 25.0%, 9-16: 25.0%\n",
        "batches a group commit, 4 clients: none; jobs: none 0, one_lvl 30, full 0, lo2 0, ",
        "tier 12, lazy 3, fluid 0, ", "random_legal 0, side by side in 40.0% of seeds\n", "marks not reached: "}) {
    EXPECT_TRUE(contains(text, part)) << part << " in\n" << text;
  }
  EXPECT_EQ(std::ranges::count(text, '\n'), 6);
  CampaignOptions other{.workers = 2};
  other.store = [](auto&&...) { return Error(Code::kIo, "never opened"); };
  EXPECT_EQ(summary_text(small_campaign(), other).find("jobs"), std::string::npos) << "another store has none";
}

// Goal: bad news is in the first line. Method: one campaign of each kind.
TEST(CampaignTextTest, SummaryOfTrouble) {
  const auto first_line = [](const Campaign& campaign) {
    const std::string text = summary_text(campaign, {});
    return text.substr(0, text.find('\n'));
  };
  Campaign campaign = small_campaign();
  EXPECT_FALSE(contains(first_line(campaign), ";"));
  campaign.nothing_ran = 4;
  EXPECT_TRUE(contains(first_line(campaign), "10 seeds clean")) << "see the exit code";
  EXPECT_TRUE(contains(first_line(campaign), "; nothing ran in 4"));
  campaign.interrupted = true;
  EXPECT_TRUE(contains(first_line(campaign), "10 seeds interrupted, clean so far, in"));
  campaign.nondeterministic = 1;
  EXPECT_TRUE(contains(first_line(campaign), "10 seeds, 1 NOT DETERMINISTIC, in 2.0 s: "));
  campaign.failures = 2;
  EXPECT_TRUE(contains(first_line(campaign), "10 seeds, 2 FAILED, 1 NOT DETERMINISTIC, in"));
  EXPECT_TRUE(contains(summary_text(Campaign(), {}), "0 seeds clean")) << "nothing divides by zero";
}

// Goal: a failure tells rule, reason, place, story, and the command that shows it again. Method: a made one.
TEST(CampaignTextTest, Failure) {
  const std::string text = failure_text(failed_outcome(), {.replay_command = "again", .artifact = "out/seed-42.repro"});
  for (const char* part : {"FAILED  seed 42 ", "rule lost\n", "expected \"a\"", "in incarnation 3 at step 77",
                           "  client 1  put\n== crash\n", "scenario:  out/seed-42.repro\n", "replay:    again\n"}) {
    EXPECT_TRUE(contains(text, part)) << part << " in\n" << text;
  }
  EXPECT_FALSE(contains(failure_text(failed_outcome(), {.replay_command = "again", .artifact = ""}), "scenario:"));
  EXPECT_EQ(failure_text(Outcome(), {}), "");
}

// Goal: JSON lines are one object each and say what happened. Method: parse them.
TEST(CampaignTextTest, JsonLines) {
  const auto parse = [](const std::string& line) {
    EXPECT_FALSE(contains(line, "\n")) << line;
    return Json::parse(line);
  };
  CampaignOptions options;
  options.generator.operations = 12;
  const Json start = parse(run_start_json(options, "mylonite-sim", "--ops 12"));
  EXPECT_EQ(start["ev"], "run_start");
  EXPECT_EQ(start["operations"], 12);

  SeedResult result{.seed = 42, .outcome = failed_outcome(), .wall_ns = 5'000'000};
  EXPECT_EQ(parse(seed_json(result))["outcome"], "failed");
  const Signature signature{.rule = "lost", .operation = "recovery", .call = "sync", .place = "wal"};
  const Json failure = parse(failure_json(result, signature, "a.repro"));
  EXPECT_EQ(failure["ev"], "failure");
  EXPECT_EQ(failure["rule"], "lost");
  EXPECT_EQ(failure["what"], "expected \"a\",\nfound b");
  EXPECT_EQ(failure["artifact"], "a.repro");
  EXPECT_EQ(failure["place"], "wal");
  result.outcome.failure.reset();
  EXPECT_EQ(parse(seed_json(result))["outcome"], "passed");
  result.outcome.nothing_ran = true;
  EXPECT_EQ(parse(seed_json(result))["outcome"], "nothing_ran");
  result.difference = "event 3";
  EXPECT_EQ(parse(seed_json(result))["outcome"], "nondeterministic");
  EXPECT_EQ(parse(seed_json(result))["seed"], 42);
  EXPECT_EQ(parse(seed_json(result))["wall_ms"], 5);

  const Json end = parse(run_end_json(small_campaign()));
  EXPECT_EQ(end["ev"], "run_end");
  EXPECT_EQ(end["crashes_at"], (Json{{"append", 30}, {"sync", 10}}));
  EXPECT_EQ(end["marks"], (Json{{kMarks[0].name, 7}}));
  EXPECT_EQ(Json::parse(summary_json(small_campaign(), options))["operations_asked"], 12);
}

// Goal: marks never reached are named. Method: reach one, none, all.
TEST(CampaignTextTest, Marks) {
  Campaign campaign = small_campaign();
  EXPECT_FALSE(contains(campaign.stats.coverage.missing(), std::string(kMarks[0].name)));
  EXPECT_TRUE(campaign.stats.coverage.missing().starts_with(kMarks[1].name));
  EXPECT_TRUE(contains(marks_text(campaign.stats), "7  " + std::string(kMarks[0].name) + " "));
  EXPECT_TRUE(contains(marks_text(campaign.stats), "0  " + std::string(kMarks[1].name) + " "));
  for (const std::string& name : all_marks()) campaign.stats.coverage.mark(name);
  EXPECT_EQ(campaign.stats.coverage.missing(), "");
  EXPECT_TRUE(contains(summary_text(campaign, {}), "marks all reached\n"));
}

}  // namespace
}  // namespace mylonite::sim
