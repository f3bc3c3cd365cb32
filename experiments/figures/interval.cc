#include "experiments/figures/interval.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/base/invariant.h"

namespace mylonite::experiments {
namespace {

// 97.5 % of Student's distribution of 1, 2, 3, ... degrees of freedom lie below.
constexpr std::array kQuantiles = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                   2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                   2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
constexpr double kNormal = 1.960;

// Beyond the table 1.96 + 2.46 / n is within 0.002 of it.
double quantile(std::size_t freedom) {
  return freedom <= kQuantiles.size() ? kQuantiles[freedom - 1] : kNormal + 2.46 / static_cast<double>(freedom);
}

}  // namespace

Interval interval_of(std::span<const double> values) {
  invariant(!values.empty(), "a mean is of one value or more");
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  if (values.size() == 1) return {.mean = mean, .half = std::numeric_limits<double>::infinity()};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {.mean = mean, .half = quantile(values.size() - 1) * std::sqrt(squares / (count - 1) / count)};
}

}  // namespace mylonite::experiments
