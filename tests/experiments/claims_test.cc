// Claims of the literature: how they are judged, and what the smallest tier gives.
#include "experiments/claims/verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace mylonite::experiments {
namespace {

// Goal: a verdict speaks of the whole interval. Method: intervals on both sides of a bound, and across it.
TEST(ClaimsTest, Verdicts) {
  Claim claim = claims().front();
  claim.limit = 3;
  claim.bound = Bound::kAtLeast;
  EXPECT_EQ(verdict_of(claim, {.mean = 3.5, .half = 0.4}), Verdict::kHolds);
  EXPECT_EQ(verdict_of(claim, {.mean = 3.5, .half = 0.6}), Verdict::kOpen);
  EXPECT_EQ(verdict_of(claim, {.mean = 2, .half = 0.6}), Verdict::kFails);
  EXPECT_EQ(verdict_of(claim, {.mean = 9, .half = INFINITY}), Verdict::kOpen);
  claim.bound = Bound::kAtMost;
  EXPECT_EQ(verdict_of(claim, {.mean = 2, .half = 0.6}), Verdict::kHolds);
  EXPECT_EQ(verdict_of(claim, {.mean = 3.5, .half = 0.4}), Verdict::kFails);
}

// Goal: the table is sound. Method: all rows. Expectation: names once, and specs that run at every tier.
TEST(ClaimsTest, RowsAreSound) {
  std::set<std::string_view> names;
  for (const Claim& claim : claims()) {
    EXPECT_TRUE(names.insert(claim.name).second) << claim.name;
    EXPECT_FALSE(claim.runs.empty()) << claim.name;
    for (const Tier& tier : tiers()) {
      for (const ClaimRun& run : claim.runs) {
        EXPECT_TRUE(check_names(spec_of(run, tier, 1)).ok()) << claim.name << ' ' << tier.name;
      }
    }
  }
}

// Goal: every claim gives the same figures on every machine and compiler. Method: the smallest tier, two seeds, beside
// the committed hash of all results. It also changes when a policy decides otherwise.
TEST(ClaimsTest, SmallestTierIsReproducible) {
  const auto judged = judge_claims({.tier = "ci", .seeds = 2, .workers = 2}, standard_policies());
  ASSERT_TRUE(judged.ok()) << judged.error().to_string();
  EXPECT_EQ(judged->wrong, "");
  EXPECT_EQ(judged->claims.size(), claims().size());
  EXPECT_EQ(judged->hash, "0e57bb4a9a0fa597");
  EXPECT_EQ(judged->claims.front().verdict, Verdict::kHolds);
}

// Goal: a wrong name runs nothing. Method: a claim and a tier that do not exist.
TEST(ClaimsTest, WrongNamesAreRefused) {
  EXPECT_EQ(runs_of_claims({.names = {"99"}}).error().code(), Code::kInvalidArgument);
  EXPECT_NE(runs_of_claims({.tier = "standart"}).error().message().find("'standard'"), std::string::npos);
  EXPECT_EQ(*runs_of_claims({.names = {"1", "5a"}, .seeds = 3}), 6U);
}

}  // namespace
}  // namespace mylonite::experiments
