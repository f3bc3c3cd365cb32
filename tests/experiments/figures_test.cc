#include "experiments/bench/figures.h"

#include <gtest/gtest.h>

#include "experiments/bench/measure.h"

namespace mylonite::experiments {
namespace {

// Goal: medians. Method: odd and even numbers of values, out of order; figures of three rounds. Expectation: the middle
// one, the mean of two, figure by figure.
TEST(Figures, Medians) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({}), 0);
  std::vector<Figures> rounds(3);
  rounds[0].ops_per_s = 10;
  rounds[1].ops_per_s = 30;
  rounds[2].ops_per_s = 20;
  rounds[0].rss_mb = 3;
  rounds[1].rss_mb = 2;
  rounds[2].rss_mb = 1;
  EXPECT_EQ(medians(rounds).ops_per_s, 20);
  EXPECT_EQ(medians(rounds).rss_mb, 2);
}

// Goal: figures survive the way from worker to bench. Method: every figure another value; text that is none.
// Expectation: equal; refused.
TEST(Figures, RoundTripAsJson) {
  Figures figures;
  double value = 0.5;
  for (const FigureName& name : figure_names()) figures.*name.member = value *= 3.25;
  Figures again;
  ASSERT_TRUE(decode_figures(encode_figures(figures), again));
  EXPECT_EQ(again, figures);
  for (const char* text : {"", "{}", "[1]", "{\"ops_per_s\": \"fast\"}"}) EXPECT_FALSE(decode_figures(text, again));
}

// Goal: quantiles are right to 4 %. Method: the durations 1 to 100,000 ns. Expectation: near the exact ones, never
// below them by more.
TEST(Figures, QuantilesOfAHistogram) {
  Histogram histogram;
  EXPECT_EQ(histogram.quantile_us(0.5), 0);
  for (std::uint64_t ns = 1; ns <= 100'000; ++ns) histogram.add(ns);
  EXPECT_NEAR(histogram.quantile_us(0.5), 50, 2);
  EXPECT_NEAR(histogram.quantile_us(0.99), 99, 4);
  EXPECT_NEAR(histogram.quantile_us(0.999), 99.9, 4);
  Histogram small;
  for (std::uint64_t ns = 0; ns < 64; ++ns) small.add(ns);
  EXPECT_EQ(small.quantile_us(0.5), 0.032);
  small.add(UINT64_MAX);
  EXPECT_GT(small.quantile_us(1), 1e15);
}

}  // namespace
}  // namespace mylonite::experiments
