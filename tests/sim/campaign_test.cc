// Campaigns: many seeds, each on its own, whoever runs it and in whatever order.
#include "sim/campaign/campaign.h"

#include <atomic>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/campaign/campaign_lines.h"
#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

const std::atomic<bool> kNever{false};

CampaignOptions options_of(std::uint64_t first, std::uint64_t end) {
  CampaignOptions options;
  options.first_seed = first;
  options.end_seed = end;
  options.determinism_percent = 0;
  options.generator = {.operations = 80, .crashes = 3};
  return options;
}

struct Ran {
  Campaign campaign;
  std::map<std::uint64_t, std::string> hashes;  // by seed
};

Ran run_all(const CampaignOptions& options) {
  Ran ran;
  ran.campaign = run_campaign(options, kNever, {.on_seed = [&](const SeedResult& result) {
                                EXPECT_TRUE(ran.hashes.emplace(result.seed, result.outcome.trace_hash).second)
                                    << "reported twice";
                              }});
  return ran;
}

// Everything that was counted, but the time it took.
std::string figures(Campaign campaign) {
  campaign.wall_ns = 0;
  return run_end_json(campaign);
}

// Goal: a seed's run depends on nothing but the seed. Method: the same seeds alone, with others before, and on three
// workers. Expectation: same hashes, same sums.
TEST(CampaignTest, HashesDoNotDependOnCompany) {
  const Ran all = run_all(options_of(0, 60));
  ASSERT_EQ(all.hashes.size(), 60U);
  EXPECT_EQ(all.campaign.failures, 0U);
  for (const auto& [seed, hash] : run_all(options_of(40, 60)).hashes) EXPECT_EQ(hash, all.hashes.at(seed));
  StackPool stacks;
  EXPECT_EQ(run(generate(17, options_of(0, 1).generator), stacks).trace_hash, all.hashes.at(17));

  CampaignOptions parallel = options_of(0, 60);
  parallel.workers = 3;
  const Ran three = run_all(parallel);
  EXPECT_EQ(three.hashes, all.hashes);
  EXPECT_EQ(figures(three.campaign), figures(all.campaign));
}

// Goal: shards are a partition. Method: three shards of 31 seeds. Expectation: together the whole, hash by hash, none
// twice, and the sums add up.
TEST(CampaignTest, ShardsAddUp) {
  CampaignOptions options = options_of(5, 36);
  const Ran all = run_all(options);
  options.shards = 3;
  std::map<std::uint64_t, std::string> hashes;
  Campaign sum;
  for (options.shard = 0; options.shard < 3; ++options.shard) {
    const Ran part = run_all(options);
    for (const auto& [seed, hash] : part.hashes) EXPECT_TRUE(hashes.emplace(seed, hash).second) << seed;
    sum.seeds += part.campaign.seeds;
    sum.nothing_ran += part.campaign.nothing_ran;
    sum.stats.add(part.campaign.stats);
  }
  EXPECT_EQ(hashes, all.hashes);
  EXPECT_EQ(figures(sum), figures(all.campaign));
}

// Goal: as many seeds as asked are run again, from the seed and from its record. Method: all, none, half of them.
// Expectation: as stated, about; a clean engine is deterministic.
TEST(CampaignTest, RunsAgain) {
  CampaignOptions options = options_of(0, 40);
  for (const auto& [percent, low, high] : {std::tuple{0U, 0U, 0U}, {50U, 8U, 32U}, {100U, 40U, 40U}}) {
    options.determinism_percent = percent;
    const Campaign campaign = run_all(options).campaign;
    EXPECT_GE(campaign.run_again, low);
    EXPECT_LE(campaign.run_again, high);
    EXPECT_EQ(campaign.nondeterministic, 0U);
  }
}

// Goal: seeds in which nothing ran are counted. Method: a single operation, often not a write; no crash.
TEST(CampaignTest, CountsNothingRan) {
  CampaignOptions options = options_of(0, 60);
  options.generator = {.operations = 1, .crashes = 0};
  const Campaign campaign = run_all(options).campaign;
  EXPECT_EQ(campaign.seeds, 60U);
  EXPECT_GT(campaign.nothing_ran, 5U);
  EXPECT_LT(campaign.nothing_ran, 60U);
}

// Goal: time and interrupts stop it between seeds. Method: no time at all; interrupted before it began, and by the
// third seed's report.
TEST(CampaignTest, Stops) {
  CampaignOptions options = options_of(0, 60);
  options.stop_after_ns = 0;
  EXPECT_EQ(run_all(options).campaign.seeds, 0U);

  options = options_of(0, 60);
  std::atomic<bool> interrupt{true};
  Campaign campaign = run_campaign(options, interrupt, {});
  EXPECT_TRUE(campaign.interrupted);
  EXPECT_EQ(campaign.seeds, 0U);

  interrupt = false;
  campaign =
      run_campaign(options, interrupt, {.on_seed = [&](const SeedResult& result) { interrupt = result.seed == 2; }});
  EXPECT_TRUE(campaign.interrupted);
  EXPECT_EQ(campaign.seeds, 3U);
}

}  // namespace
}  // namespace mylonite::sim
