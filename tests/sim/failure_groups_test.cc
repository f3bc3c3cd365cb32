// Signatures and groups of failures.
#include "sim/campaign/failure_groups.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace mylonite::sim {
namespace {

Outcome failed(std::uint64_t seed, const std::string& rule, std::size_t operations) {
  Outcome outcome;
  outcome.recorded.seed = seed;
  outcome.recorded.incarnations.emplace_back().clients = {std::vector<Operation>(operations, op::Sync{})};
  outcome.failure = Failure{.rule = rule, .what = "", .operation = "get"};
  return outcome;
}

// Goal: one story a bug. Method: five failures of two rules. Expectation: two groups, the one with the smallest failure
// first, which is the one that is kept.
TEST(FailureGroupsTest, TheSmallestFirst) {
  FailureGroups groups;
  for (const auto& [seed, rule, operations] : std::vector<std::tuple<std::uint64_t, std::string, std::size_t>>{
           {7, "lost", 90}, {9, "read", 50}, {3, "lost", 40}, {8, "read", 60}, {1, "lost", 70}}) {
    const Outcome outcome = failed(seed, rule, operations);
    FailureGroup& group = groups.group_of(outcome);
    groups.add(group, outcome, "seed-" + std::to_string(seed));
  }
  const auto all = groups.smallest_first();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]->signature.rule, "lost");
  EXPECT_EQ(all[0]->artifact, "seed-3");
  EXPECT_EQ(all[0]->smallest.recorded.seed, 3U);
  EXPECT_EQ(seeds_text(all[0]->seeds, 10), "1, 3, 7");
  EXPECT_EQ(seeds_text(all[0]->seeds, 2), "1, 3 and 1 more");
  EXPECT_EQ(all[1]->artifact, "seed-9");
}

// Goal: a signature says rule, operation, and the last crash or fault. Method: with and without one.
TEST(FailureGroupsTest, Signatures) {
  Failure failure{.rule = "lost", .what = "", .operation = "recovery"};
  EXPECT_EQ(to_string(SignatureMaker().signature_of(failure)), "lost in recovery");
  const Signature without = SignatureMaker().signature_of(failure);
  failure.after = faultfs::Anchor{.role = "wal", .generation = 3, .call = faultfs::CallKind::kSync, .nth = 9};
  const Signature with = SignatureMaker().signature_of(failure);
  EXPECT_EQ(to_string(with), "lost in recovery, after sync of wal");
  EXPECT_TRUE(with.same_kind(without)) << "the crash may move";
  EXPECT_FALSE(with == without);
  failure.operation = "get";
  EXPECT_FALSE(SignatureMaker().signature_of(failure).same_kind(with));
}

}  // namespace
}  // namespace mylonite::sim
