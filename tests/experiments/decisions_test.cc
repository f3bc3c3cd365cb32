// Decisions of a run: watched without changing it, and forked.
#include "experiments/decisions/decisions.h"

#include <gtest/gtest.h>

#include "experiments/run/run.h"

namespace mylonite::experiments {
namespace {

RunSpec counted() {
  return {.policy = "lo1",
          .device = "none",
          .processor = "none",
          .entries = 8000,
          .buffer_entries = 128,
          .size_ratio = 4,
          .base_buffers = 4,
          .rests = true,
          .set = {{"compaction_threads", "1"}}};
}

std::vector<Deviation> one(std::uint64_t decision, std::size_t candidate) {
  return {{.decision = decision, .candidate = candidate}};
}

WatchedRun run_of(const Result<WatchedRun>& run) {
  EXPECT_TRUE(run.ok()) << run.error().to_string();
  return *run;
}

// Goal: watching changes nothing, and shows the decision that the run took. Method: every tenth decision of a run.
// Expectation: the result is that of the run alone, and the job is the best candidate's.
TEST(DecisionsTest, WatchingChangesNothing) {
  const auto alone = run_spec(counted(), standard_policies());
  ASSERT_TRUE(alone.ok());
  const std::uint64_t decisions = run_of(watch(counted(), 1, standard_policies())).decisions.size();
  ASSERT_GT(decisions, 50U);
  for (std::uint64_t number = 1; number <= decisions; number += 10) {
    const WatchedRun run = run_of(watch(counted(), number, standard_policies()));
    EXPECT_EQ(result_hash(run.result), result_hash(*alone));
    EXPECT_EQ(run.watched[0].number, number);
    ASSERT_FALSE(run.watched[0].candidates.empty());
    EXPECT_TRUE(run.watched[0].took_ns.has_value());
    EXPECT_GE(run.watched[0].job.bytes_in, run.watched[0].job.bytes_out / 2);
    EXPECT_NE(decision_text(run).find(run.watched[0].candidates.front().what), std::string::npos);
  }
}

// Goal: a fork takes the other candidate and goes on by itself; with the best one it is the run as it was. Method: the
// first decision with several candidates.
TEST(DecisionsTest, ForksTakeAnotherCandidate) {
  std::uint64_t number = 0;
  WatchedRun was;
  do {
    was = run_of(watch(counted(), ++number, standard_policies()));
  } while (was.watched[0].candidates.size() < 3);
  const WatchedRun same = run_of(fork(counted(), one(number, 0), standard_policies()));
  EXPECT_EQ(result_hash(same.result), result_hash(was.result));
  const WatchedRun other = run_of(fork(counted(), one(number, 2), standard_policies()));
  EXPECT_NE(other.watched[0].job.why.chosen, was.watched[0].job.why.chosen);
  EXPECT_EQ(other.watched[0].candidates.size(), was.watched[0].candidates.size());
  EXPECT_NE(result_hash(other.result), result_hash(was.result));
  EXPECT_EQ(other.result.failure, "");
}

// Goal: what cannot be is refused. Method: several merges at once, a decision and a candidate that are not there.
TEST(DecisionsTest, Refusals) {
  RunSpec several = counted();
  several.set.clear();
  EXPECT_EQ(watch(several, 1, standard_policies()).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(watch(counted(), 1'000'000, standard_policies()).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(fork(counted(), one(1, 1000), standard_policies()).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace mylonite::experiments
