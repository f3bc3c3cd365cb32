// The figures that comparisons show: ratios of a result's whole numbers. Thread-safety: pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "experiments/result/run_result.h"

namespace mylonite::experiments {

struct Metric {
  std::string_view name;
  std::string_view unit;
  double (*value)(const RunFigures&);
  bool timed = false;  // means nothing without a device and processors
};
std::span<const Metric> metrics();  // write amplification is the first

std::vector<double> values_of(const Metric& metric, std::span<const RunResult> results);
// By seed: how many percent the metric is above that of the base. Seeds where the base has 0 are left out.
std::vector<double> paired_percent(const Metric& metric, std::span<const RunResult> base,
                                   std::span<const RunResult> other);

}  // namespace mylonite::experiments
