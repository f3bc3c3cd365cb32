// Comparisons: intervals as the tables say, pairs by seed, nothing that depends on the number of threads.
#include "experiments/compare/compare.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "experiments/figures/interval.h"
#include "experiments/figures/metrics.h"

namespace mylonite::experiments {
namespace {

CompareArguments small(std::vector<std::string> policies) {
  return {.base = {.entries = 8'000, .buffer_entries = 64, .size_ratio = 4, .base_buffers = 4},
          .policies = std::move(policies),
          .seeds = 4};
}

// Goal: the interval is Student's. Method: examples by hand: 1 to 5 has mean 3, deviation sqrt(2.5), and t = 2.776.
TEST(IntervalTest, IsStudents) {
  const Interval five = interval_of(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(five.mean, 3);
  EXPECT_NEAR(five.half, 2.776 * std::sqrt(2.5 / 5), 1e-9);
  EXPECT_NEAR(interval_of(std::vector<double>(100, 2)).half, 0, 1e-12);
  EXPECT_TRUE(std::isinf(interval_of(std::vector<double>{7}).half));
  std::vector<double> many(1000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = i % 2 == 0 ? 1 : -1;
  EXPECT_NEAR(interval_of(many).half, 1.9623 * std::sqrt(1000.0 / 999 / 1000), 1e-4);
}

// Goal: the heading promises only what the table has. Method: one policy and two, of one seed and two. Expectation: one
// policy is compared with nothing; two have differences.
TEST(CompareTest, HeadingSaysWhatIsThere) {
  for (const std::uint64_t seeds : {1U, 2U}) {
    CompareArguments one = small({"tier"});
    CompareArguments two = small({"tier", "full"});
    one.seeds = two.seeds = seeds;
    const auto alone = compare(one, standard_policies());
    const auto both = compare(two, standard_policies());
    ASSERT_TRUE(alone.ok() && both.ok());
    EXPECT_NE(comparison_text(*alone).find("; one policy, so nothing to compare it with\n"), std::string::npos);
    EXPECT_EQ(comparison_text(*alone).find("from tier"), std::string::npos) << comparison_text(*alone);
    EXPECT_NE(comparison_text(*both).find(" from tier "), std::string::npos) << comparison_text(*both);
  }
}

// Goal: equal results, in equal order, however many threads run. Method: one and three.
TEST(CompareTest, ThreadsChangeNothing) {
  CompareArguments arguments = small({"full", "tier"});
  std::vector<std::string> hashes[2];
  std::string texts[2];
  for (const std::size_t i : {0U, 1U}) {
    arguments.workers = i == 0 ? 1 : 3;
    const auto comparison = compare(arguments, standard_policies(), [&](const RunResult& result) {
      EXPECT_EQ(result.failure, "");
      hashes[i].push_back(result_hash(result));
    });
    ASSERT_TRUE(comparison.ok()) << comparison.error().to_string();
    EXPECT_EQ(comparison->seeds(), 4U);
    texts[i] = comparison_text(*comparison);
  }
  EXPECT_EQ(hashes[0].size(), 8U);
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_NE(texts[0].find("write amplification"), std::string::npos);
}

// Goal: a policy does not differ from itself, and seeds are added until the difference is known. Method: twice the same
// policy; a precision that three seeds reach, and none.
TEST(CompareTest, PairsAndPrecision) {
  CompareArguments arguments = small({"full", "full"});
  arguments.seeds = 20;
  arguments.precision_percent = 5;
  const auto comparison = compare(arguments, standard_policies());
  ASSERT_TRUE(comparison.ok());
  EXPECT_EQ(comparison->seeds(), 3U);
  for (const Metric& metric : metrics()) {
    for (const double percent : paired_percent(metric, comparison->results[0], comparison->results[1])) {
      EXPECT_EQ(percent, 0) << metric.name;
    }
  }
}

// Goal: the text does not mislead: it warns of a backlog, and gives no percent of next to nothing. Method: figures made
// by hand, of two policies; in the second one writers are held back for a fifth of the time, and edge waste is a
// thousandfold. Expectation: a note that names it alone; a difference of write amplification, none of edge waste.
TEST(CompareTest, TextsDoNotMislead) {
  Comparison comparison;
  for (const char* const policy : {"full", "tier"}) {
    RunResult& result = comparison.results.emplace_back(1).front();
    result.policy = policy;
    result.figures.user_bytes = 1'000'000;
    result.figures.flush_bytes = 2'000'000;
    result.figures.merge_bytes_edge = 1;
    result.figures.duration_ns = 1000;
  }
  EXPECT_EQ(comparison_text(comparison).find("held back under"), std::string::npos);
  RunFigures& second = comparison.results[1][0].figures;
  second.flush_bytes = 3'000'000;
  second.merge_bytes_edge = 1000;
  second.slowdown_ns = 200;
  const std::string text = comparison_text(comparison);
  EXPECT_NE(text.find("\nwriters were held back under tier: "), std::string::npos) << text;
  EXPECT_NE(text.find("+50.00 %\n"), std::string::npos) << text;
  const std::size_t waste = text.find("\nedge waste");
  ASSERT_NE(waste, std::string::npos);
  EXPECT_GT(text.find('%', waste), text.find("\n\n", waste)) << text;
}

// Goal: where nothing is written, nothing about writing is to be known. Method: a workload of reads with a precision.
TEST(CompareTest, PrecisionWithoutWrites) {
  CompareArguments arguments = small({"full", "tier"});
  arguments.base.workload = "ycsb_c";
  arguments.precision_percent = 1;
  const auto comparison = compare(arguments, standard_policies());
  ASSERT_TRUE(comparison.ok());
  EXPECT_EQ(comparison->seeds(), 3U);
}

// Goal: mistakes are refused before anything runs. Method: a policy, a workload that do not exist.
TEST(CompareTest, Refusals) {
  bool ran = false;
  const OnResult note = [&](const RunResult&) { ran = true; };
  EXPECT_EQ(compare(small({"full", "ful"}), standard_policies(), note).error().code(), Code::kInvalidArgument);
  CompareArguments arguments = small({"full"});
  arguments.base.workload = "upd";
  EXPECT_EQ(compare(arguments, standard_policies(), note).error().code(), Code::kInvalidArgument);
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace mylonite::experiments
