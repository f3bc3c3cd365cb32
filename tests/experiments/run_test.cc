// Runs of the laboratory: equal to the bit, right in what they count.
#include "experiments/run/run.h"

#include <gtest/gtest.h>

#include "experiments/run/live_data.h"
#include "experiments/workload/arrivals.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {
namespace {

RunSpec small(std::string policy) {
  return {.policy = std::move(policy), .entries = 20'000, .buffer_entries = 128, .size_ratio = 4, .base_buffers = 4};
}

RunResult result_of(const RunSpec& spec) {
  auto result = run_spec(spec, standard_policies());
  EXPECT_TRUE(result.ok()) << result.error().to_string();
  return *result;
}

// Goal: equal specs give equal results, on every compiler and machine; another seed gives another. Method: two runs
// with devices and processors in it, and the committed hash of one.
TEST(RunTest, ResultsAreReproducible) {
  const RunResult first = result_of(small("one_lvl"));
  EXPECT_EQ(first.failure, "");
  EXPECT_EQ(result_json(result_of(small("one_lvl"))), result_json(first));
  EXPECT_EQ(result_hash(first), "059a8a3715d0fb0f");
  RunSpec other = small("one_lvl");
  other.seed = 2;
  EXPECT_NE(result_of(other).figures, first.figures);
}

// Goal: the figures that a user could count are right. Method: a workload of known size.
TEST(RunTest, CountsWhatTheUserDid) {
  const RunResult result = result_of(small("full"));
  EXPECT_EQ(result.figures.operations, 20'000U);
  EXPECT_EQ(result.figures.user_entries, 20'000U);
  EXPECT_EQ(result.figures.user_bytes, 20'000U * (16 + 112));
  EXPECT_EQ(result.figures.samples, 20'000U / 128);
  EXPECT_GE(result.figures.flush_entries + 256, 19'000U);
  EXPECT_GT(result.figures.duration_ns, 0U);
  EXPECT_GE(result.figures.space_max, result.figures.table_bytes_sum / result.figures.samples);
}

// Goal: data that expires is counted as gone, and operations come when the workload says. Method: ts, whose points live
// 300 of 600 seconds, under policies with and without expiry. Expectation: the run lasts 600 seconds; what is live, and
// what the last scan shows, is what is young enough.
TEST(RunTest, WhatExpiresIsGone) {
  RunSpec spec = small("lo1");
  spec.workload = "ts";
  const RunResult kept = result_of(spec);
  spec.policy = "twcs:ttl=300,window=30";
  const RunResult windows = result_of(spec);
  spec.policy = "fifo:bytes=0,ttl=300";
  const RunResult runs = result_of(spec);
  for (const RunResult* each : {&kept, &windows, &runs}) {
    EXPECT_EQ(each->failure, "");
    EXPECT_GT(each->figures.duration_ns, 599'000'000'000U);
    EXPECT_LT(each->figures.duration_ns, 601'000'000'000U);
  }
  // Kept: 0 to 600 seconds of data, 300 on average; else at most 300, 225 on average, and a window more.
  const auto live = [&](const RunResult& of) {
    return static_cast<double>(of.figures.live_bytes_sum) / static_cast<double>(kept.figures.live_bytes_sum);
  };
  EXPECT_NEAR(live(runs), 0.75, 0.02);
  EXPECT_NEAR(live(windows), 0.78, 0.03);
  spec.load_percent = 50;
  EXPECT_EQ(run_spec(spec, standard_policies()).error().code(), Code::kInvalidArgument);
  RunSpec many = small("fifo:bytes=1");
  many.clients = 4;
  many.workload = "ycsb_a";
  EXPECT_EQ(result_of(many).failure, "") << "a key may be written again while another client reads it";
}

// Goal: live bytes follow any order of stamps. Method: writes of several clients, noted out of order; expiry between.
// Expectation: those of values that are there, at any time.
TEST(LiveDataTest, StampsNeedNotAscend) {
  LiveData live(3);
  const auto value = [](std::uint64_t at) {
    return LiveData::Value{.generation = 1, .key_bytes = 10, .value_bytes = 90, .at = Timestamp{at}};
  };
  live.wrote(0, value(20));
  live.wrote(1, value(15));
  EXPECT_EQ(live.bytes(), 200U);
  live.expire(Timestamp{17});
  EXPECT_EQ(live.bytes(), 100U);
  live.wrote(2, value(16));
  EXPECT_EQ(live.bytes(), 100U) << "it came too late";
  live.wrote(1, value(30));
  live.wrote(2, value(31));
  EXPECT_EQ(live.bytes(), 300U);
  live.expire(Timestamp{100});
  EXPECT_EQ(live.bytes(), 0U);
}

// Goal: a result says which options and which source made it. Method: an option set, and not; a line read again.
TEST(RunTest, NamesItsOptionsAndItsSource) {
  const RunResult plain = result_of(small("full"));
  RunSpec spec = small("full");
  spec.set["block_bytes"] = "2048";
  EXPECT_NE(result_of(spec).options_hash, plain.options_hash);
  EXPECT_EQ(plain.options_hash.size(), 16U);
  EXPECT_FALSE(plain.commit.empty());
  const auto again = parse_result(result_json(plain), "file", 1);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(result_json(*again), result_json(plain));
}

// Goal: the debt is what the store still writes, and finding it disturbs nothing. Method: a run whose clients wait
// until the store rests, and one that leaves merging no time; each with and without samples. Expectation: at rest
// there is no more than one flush causes, in a hurry much; otherwise the same figures.
TEST(RunTest, DebtIsWhatIsLeftToMerge) {
  std::uint64_t most_at_rest = 0;
  for (const bool rests : {true, false}) {
    RunSpec spec = small("full");
    spec.rests = rests;
    const RunFigures without = result_of(spec).figures;
    spec.debt_samples = 10;
    RunFigures with = result_of(spec).figures;
    EXPECT_GE(with.debt_samples, 10U);
    EXPECT_LE(with.debt_bytes_max, with.debt_bytes_sum);
    if (rests) most_at_rest = with.debt_bytes_max;
    EXPECT_TRUE(rests || with.debt_bytes_sum > 2 * with.debt_samples * most_at_rest) << most_at_rest;
    with.debt_samples = with.debt_bytes_sum = with.debt_bytes_max = 0;
    EXPECT_EQ(with, without);
  }
}

// Goal: the levels' figures add up to those of the tree.
TEST(RunTest, LevelsAddUp) {
  const RunFigures at = result_of(small("one_lvl")).figures;
  std::uint64_t written = 0;
  ASSERT_GE(at.levels.size(), 2U);
  for (const LevelTraffic& level : at.levels) {
    written += level.written_bytes;
    EXPECT_GE(level.written_bytes + 4096, level.entered_bytes / 2) << "updates of few keys halve what comes, at most";
  }
  EXPECT_EQ(written, at.merge_bytes_out);
}

// Goal: what every textbook says of leveling and tiering holds here. Method: both on one workload, with all the time
// that they need.
TEST(RunTest, TieringWritesLessAndKeepsMoreRuns) {
  const auto at_rest = [](std::string policy) {
    RunSpec spec = small(std::move(policy));
    spec.device = "none";
    spec.processor = "none";
    spec.rests = true;
    return result_of(spec).figures;
  };
  const RunFigures full = at_rest("full");
  const RunFigures tier = at_rest("tier");
  EXPECT_GT(full.merge_bytes_out, 2 * tier.merge_bytes_out);
  EXPECT_LT(full.runs_sum, tier.runs_sum);
}

// Goal: in an open loop operations arrive at the asked share of what clients reach, and waiting counts. Method: half
// and nearly all of the closed loop's rate. Expectation: the run lasts accordingly, and the median grows with the rate.
TEST(RunTest, OpenLoop) {
  RunSpec spec = small("tier");
  const RunFigures closed = result_of(spec).figures;
  EXPECT_EQ(closed.arrival_mean_ps, 0U);
  spec.load_percent = 50;
  const RunFigures half = result_of(spec).figures;
  EXPECT_EQ(half.arrival_mean_ps, closed.duration_ns * 1000 / closed.operations * 2);
  EXPECT_EQ(half, result_of(spec).figures);
  EXPECT_NEAR(static_cast<double>(half.duration_ns), 2.0 * static_cast<double>(closed.duration_ns),
              0.1 * static_cast<double>(closed.duration_ns));
  spec.load_percent = 95;
  const RunFigures nearly = result_of(spec).figures;
  EXPECT_GT(nearly.latency_p50_ns, half.latency_p50_ns);
  EXPECT_GE(nearly.latency_p99_ns, closed.latency_p99_ns);
}

// Goal: at a rate of one's own the run is made once, and equals the one at the share of the closed loop that gives this
// rate. Method: the rate of 50 %, rounded, by its mean gap. Expectation: the same gap; nearly the same time, whatever
// the policy.
TEST(RunTest, ArrivalsAtOneRate) {
  RunSpec spec = small("tier");
  spec.load_percent = 50;
  const RunFigures half = result_of(spec).figures;
  spec.load_percent = 0;
  spec.arrivals_per_second = 1'000'000'000'000 / half.arrival_mean_ps;
  for (const char* policy : {"tier", "lazy"}) {
    spec.policy = policy;
    const RunFigures at = result_of(spec).figures;
    EXPECT_EQ(at.arrival_mean_ps, 1'000'000'000'000 / spec.arrivals_per_second);
    EXPECT_NEAR(static_cast<double>(at.duration_ns), static_cast<double>(half.duration_ns),
                0.05 * static_cast<double>(half.duration_ns));
  }
}

// Goal: under beats no write pays for many. Method: one client that writes as fast as it can, merges to their end
// beside beats. Expectation: it waits for less than half as long at most, and keeps three quarters of its rate.
TEST(RunTest, BeatsShareTheWaits) {
  for (const char* policy : {"full", "lo1"}) {
    RunSpec spec = small(policy);
    spec.set = {{"compaction_threads", "1"}, {"level0_slowdown_runs", "1000"}, {"level0_stop_runs", "12"}};
    const RunFigures ends = result_of(spec).figures;
    spec.set["compaction_scheduler"] = "beats";
    spec.set["compaction_jobs_max"] = "8";
    spec.set["compaction_step_bytes"] = "8192";
    const RunFigures beats = result_of(spec).figures;
    EXPECT_LT(beats.latency_max_ns * 2, ends.latency_max_ns) << policy;
    EXPECT_LT(beats.duration_ns * 3, ends.duration_ns * 4) << policy;
  }
}

// Goal: arrivals are a Poisson process, equal everywhere. Method: 100,000 gaps: their mean, the share above the mean
// (e^-1 = 36.8 %), and the first times.
TEST(RunTest, Arrivals) {
  Arrivals arrivals(2'000'000, 5, Random(1));
  std::vector<std::uint64_t> first;
  std::uint64_t last = 5;
  std::uint64_t longer = 0;
  constexpr std::uint64_t kGaps = 100'000;
  for (std::uint64_t i = 0; i < kGaps; ++i) {
    const std::uint64_t at = arrivals.next_ns();
    if (i < 3) first.push_back(at);
    longer += at - last > 2000 ? 1 : 0;
    last = at;
  }
  EXPECT_NEAR(static_cast<double>(last), 2e3 * kGaps, 2e3 * kGaps * 0.01);
  EXPECT_NEAR(static_cast<double>(longer), 36'788, 500);
  EXPECT_EQ(first, (std::vector<std::uint64_t>{710, 2016, 3126}));
}

// Goal: bursts are ten times as dense as what lies between, for half of the time, and the mean stays. Method: ten turns
// of 11,000 arrivals: gaps of both kinds, and the end.
TEST(RunTest, Bursts) {
  constexpr std::uint64_t kTurn = 11'000;
  Arrivals arrivals(2'000'000, 0, Random(1), kTurn);
  std::uint64_t last = 0;
  std::uint64_t dense_ns = 0;
  std::uint64_t thin_ns = 0;
  for (std::uint64_t i = 0; i < 10 * kTurn; ++i) {
    const std::uint64_t at = arrivals.next_ns();
    (i % kTurn < 10'000 ? dense_ns : thin_ns) += at - last;
    last = at;
  }
  EXPECT_NEAR(static_cast<double>(dense_ns), 1'100.0 * 100'000, 1'100.0 * 100'000 * 0.02);
  EXPECT_NEAR(static_cast<double>(thin_ns), 11'000.0 * 10'000, 11'000.0 * 10'000 * 0.04);
}

// Goal: at the same load bursts make operations wait longer. Method: upd_u beside burst at half of the load.
TEST(RunTest, BurstsWait) {
  RunSpec spec = small("one_lvl");
  spec.load_percent = 50;
  const RunFigures even = result_of(spec).figures;
  spec.workload = "burst";
  const RunFigures burst = result_of(spec).figures;
  EXPECT_EQ(burst.arrival_mean_ps, even.arrival_mean_ps);
  EXPECT_GT(burst.latency_p99_ns, even.latency_p99_ns);
}

// Goal: the store answers every workload rightly. Method: each once, small.
TEST(RunTest, EveryWorkload) {
  for (const WorkloadPlan& plan : workload_plans()) {
    RunSpec spec = small("one_lvl");
    spec.entries = 4'000;
    spec.workload = plan.name;
    if (plan.name == "burst") spec.load_percent = 50;
    EXPECT_EQ(result_of(spec).failure, "") << plan.name;
  }
}

// Goal: several clients, and a store without merges. Method: one each. Expectation: the store has what was written.
TEST(RunTest, OtherShapes) {
  RunSpec crowd = small("one_lvl");
  crowd.clients = 4;
  EXPECT_EQ(result_of(crowd).failure, "");
  RunSpec ascending = small("one_lvl");
  ascending.workload = "seq";
  const RunResult sequential = result_of(ascending);
  EXPECT_EQ(sequential.failure, "");
  EXPECT_GT(sequential.figures.moves, 0U);
}

// Goal: what no run can be made of is refused before. Method: a policy and an option that do not exist.
TEST(RunTest, Refusals) {
  EXPECT_FALSE(run_spec(small("ful"), standard_policies()).ok());
  RunSpec spec = small("full");
  spec.set["block_bytes"] = "1";
  EXPECT_FALSE(run_spec(spec, standard_policies()).ok());
}

}  // namespace
}  // namespace mylonite::experiments
