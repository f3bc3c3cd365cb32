#include "core/compaction/filter_rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include <mylonite/random.h>

#include "core/sst/filter.h"
#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

std::vector<std::uint64_t> rates_of(std::uint64_t rate, const std::vector<std::uint64_t>& runs) {
  std::vector<std::uint64_t> rates;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::vector<std::uint64_t> others = runs;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    rates.push_back(monkey_rate(rate, runs[i], others));
  }
  return rates;
}

// Goal: the rates are those of the paper. Method: runs of 1, 10 and 100 thousand, by hand: the weighted geometric mean
// is 77,963, so the largest run gets 1.283 %, and each smaller one a tenth of the next.
TEST(FilterRate, IsProportionalToTheRun) {
  const auto rates = rates_of(10'000, {1'000, 10'000, 100'000});
  EXPECT_NEAR(static_cast<double>(rates[2]), 12'826, 2);
  EXPECT_NEAR(static_cast<double>(rates[1]), 1'283, 1);
  EXPECT_NEAR(static_cast<double>(rates[0]), 128, 1);
  EXPECT_EQ(monkey_rate(10'000, 5'000, {}), 10'000U) << "one run has the option's rate";
  EXPECT_EQ(monkey_rate(10'000, 0, {}), 10'000U);
  EXPECT_EQ(monkey_rate(10'000, 1, std::vector<std::uint64_t>{1'000'000'000}), kFilterRateMin);
  EXPECT_EQ(monkey_rate(500'000, 1'000'000, std::vector<std::uint64_t>{10}), kFilterRateMax);
}

// Goal: the memory is that of uniform rates, and the sum of rates at most theirs. Method: trees drawn by seed, of sizes
// that clamp nothing; bits for a key are proportional to the logarithm of the rate.
TEST(FilterRate, KeepsTheMemory) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<std::uint64_t> runs(random.between(1, 12));
    double all = 0;
    for (std::uint64_t& run : runs) {
      run = random.between(1'000, 20'000);
      all += static_cast<double>(run);
    }
    const auto rates = rates_of(10'000, runs);
    double bits = 0;
    double sum = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      bits -= static_cast<double>(runs[i]) * std::log2(static_cast<double>(rates[i]) / 1e6);
      sum += static_cast<double>(rates[i]);
    }
    EXPECT_NEAR(bits / (all * -std::log2(0.01)), 1, 0.001) << seed;
    EXPECT_LE(sum, static_cast<double>(runs.size()) * 10'000 * 1.001) << seed;
  }
}

// Goal: a merge's rate is that of the run that it makes. Method: a tree of two levels, where the output joins a run of
// which a table stays; and the same with the option uniform.
TEST(FilterRate, OfAJob) {
  VersionEdit edit;
  add_level(edit, "level 0: run 9 = 9:a-m:1000");
  add_level(edit, "level 1: run 2 = 2:a-m:9000 3:n-z:9000");
  for (VersionEdit::Added& added : edit.added) added.table.entries = added.table.file_bytes;
  const Version version = version_of(edit);
  Options options;
  const CompactionJob job{
      .inputs = {{.level = 0, .run = {9}, .tables = {{9}}}, {.level = 1, .run = {2}, .tables = {{2}}}},
      .to_level = 1,
      .into = RunId{2}};
  EXPECT_EQ(filter_rate_of_job(options, version.levels, job), 10'000U);
  EXPECT_EQ(filter_rate_of_run(options, version.levels, 1'000), 10'000U);
  options.filter_allocation = "monkey";
  EXPECT_EQ(filter_rate_of_job(options, version.levels, job),
            monkey_rate(10'000, 19'000, std::vector<std::uint64_t>{0}));
  EXPECT_EQ(filter_rate_of_run(options, version.levels, 1'000),
            monkey_rate(10'000, 1'000, std::vector<std::uint64_t>{1'000, 18'000}));
}

}  // namespace
}  // namespace mylonite::testing
