#include "core/sst/filter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include <mylonite/random.h>

namespace mylonite {
namespace {

std::string key_of(std::uint64_t i) { return "user" + std::to_string(i); }

Result<Filter> filter_of(double rate, std::uint64_t keys, double& bits_per_key) {
  FilterBuilder builder(filter_rate(rate));
  for (std::uint64_t i = 0; i < keys; ++i) builder.add(key_of(i));
  const std::string payload = builder.finish();
  bits_per_key = static_cast<double>(payload.size() * 8) / static_cast<double>(keys);
  return Filter::parse(payload);
}

double measured_rate(const Filter& filter, std::uint64_t keys, std::uint64_t questions) {
  std::uint64_t passed = 0;
  for (std::uint64_t i = 0; i < questions; ++i) passed += filter.may_contain(key_of(keys + 1 + i)) ? 1 : 0;
  return static_cast<double>(passed) / static_cast<double>(questions);
}

// Goal: a key that was added always passes. Method: every key of filters of many sizes and rates, keys repeated in a
// row. Expect: all pass.
TEST(Filter, NeverDeniesAMember) {
  for (double rate : {0.5, 0.3, 0.07, 0.01, 0.00025, 0.0001}) {
    for (std::uint64_t keys : {0U, 1U, 2U, 50U, 1000U, 30000U}) {
      FilterBuilder builder(filter_rate(rate));
      for (std::uint64_t i = 0; i < keys; ++i) {
        builder.add(key_of(i));
        builder.add(key_of(i));
      }
      const auto filter = Filter::parse(builder.finish());
      ASSERT_TRUE(filter.ok());
      for (std::uint64_t i = 0; i < keys; ++i) ASSERT_TRUE(filter->may_contain(key_of(i)));
    }
  }
}

// Goal: the measured false positive rate is at most the configured one, for each filter by itself. Method: absent keys
// asked of filters of 1 to 200,000 keys. Expect: at most the rate, allowing four deviations of the count at the rate;
// and from 10,000 keys on no more than 1.3 times the bits of an ideal Bloom filter.
TEST(Filter, KeepsTheConfiguredRate) {
  fmt::print("{:>8} {:>8} {:>10} {:>8}\n", "rate", "keys", "measured", "bits/key");
  for (double rate : {0.5, 0.25, 0.1, 0.01, 0.001, 0.0001}) {
    for (std::uint64_t keys : {1U, 30U, 100U, 1000U, 10000U, 200000U}) {
      double bits_per_key = 0;
      const auto filter = filter_of(rate, keys, bits_per_key);
      ASSERT_TRUE(filter.ok());
      const std::uint64_t questions = 400000;
      const double measured = measured_rate(*filter, keys, questions);
      const double deviation = std::sqrt(rate / static_cast<double>(questions));
      EXPECT_LE(measured, rate + 4 * deviation) << "rate " << rate << ", " << keys << " keys";
      if (keys >= 10000) {
        fmt::print("{:>8} {:>8} {:>10.6f} {:>8.2f}\n", rate, keys, measured, bits_per_key);
        EXPECT_LE(measured, rate);
        EXPECT_LE(bits_per_key, -std::log(rate) / (std::log(2.0) * std::log(2.0)) * 1.3);
      }
    }
  }
}

// Goal: parse takes any bytes. Method: lengths that are no whole number of lines, impossible probe counts, random
// payloads. Expect: kCorruption, or a filter that answers.
TEST(Filter, RefusesWhatIsNotAFilter) {
  EXPECT_FALSE(Filter::parse("").ok());
  EXPECT_FALSE(Filter::parse(std::string(1, '\x01')).ok());
  EXPECT_FALSE(Filter::parse(std::string(64, '\x01')).ok());
  EXPECT_FALSE(Filter::parse(std::string(65, '\0')).ok());
  EXPECT_FALSE(Filter::parse(std::string(65, '\xff')).ok());
  EXPECT_EQ(Filter::parse("x").error().code(), Code::kCorruption);
  const auto all = Filter::parse(std::string(64, '\xff') + '\x05');
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(all->may_contain("anything"));
  const auto none = Filter::parse(std::string(64, '\0') + '\x05');
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->may_contain("anything"));
}

}  // namespace
}  // namespace mylonite
