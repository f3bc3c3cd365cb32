// The figures that comparisons show: ratios of a result's whole numbers. Thread-safety: pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "experiments/result/run_result.h"

namespace mylonite::experiments {

double write_amplification(const RunFigures& at);  // bytes of tables for each byte that a user wrote
double space_amplification(const RunFigures& at);  // bytes of tables for each live byte, mean
double tables_opened(const RunFigures& at);        // by a read, filters passed
double held_back(const RunFigures& at);            // share of the time that writers were slowed or stopped
double largest_merge(const RunFigures& at);        // what it wrote, as a share of the live bytes

struct Metric {
  std::string_view name;
  std::string_view unit;
  double (*value)(const RunFigures&);
  bool timed = false;            // means nothing without a device and processors
  bool counted_by_peers = true;  // false: another store's result has 0, which means nothing
};
std::span<const Metric> metrics();  // write amplification is the first

std::vector<double> values_of(const Metric& metric, std::span<const RunResult> results);
// By seed: how many percent the metric is above that of the base. Seeds where the base has 0 are left out.
std::vector<double> paired_percent(const Metric& metric, std::span<const RunResult> base,
                                   std::span<const RunResult> other);

}  // namespace mylonite::experiments
