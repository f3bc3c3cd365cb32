#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/compare/compare.h"
#include "experiments/compare/metrics.h"
#include "experiments/figures/interval.h"

namespace mylonite::experiments {
namespace {

// Four digits that matter.
std::string number_text(double value) {
  const double size = std::abs(value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  return size >= 10 ? fmt::format("{:.2f}", value) : fmt::format("{:.3f}", value);
}

std::string half_text(const Interval& interval, std::string (*text)(double)) {
  return std::isfinite(interval.half) ? " ± " + text(interval.half) : "";
}

std::string percent_text(double value) { return fmt::format("{:.2f}", value); }

std::string line_of(const Metric& metric, const Comparison& comparison, std::size_t policy, std::size_t width) {
  const std::vector<RunResult>& results = comparison.results[policy];
  const Interval own = interval_of(values_of(metric, results));
  std::string line = fmt::format("  {:<{}}  {:>10}{:<10}", results.front().policy, width, number_text(own.mean),
                                 half_text(own, number_text));
  const std::vector<double> paired = paired_percent(metric, comparison.results[0], results);
  if (policy > 0 && !paired.empty()) {
    const Interval difference = interval_of(paired);
    line += fmt::format("  {:>+9.2f}{} %", difference.mean, half_text(difference, percent_text));
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

// Without reads, what is said of reads is 0 everywhere.
bool says_something(const Metric& metric, const Comparison& comparison) {
  return std::ranges::any_of(comparison.results, [&](const std::vector<RunResult>& results) {
    return std::ranges::any_of(values_of(metric, results), [](double value) { return value != 0; });
  });
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  const RunSpec& spec = comparison.base;
  std::size_t width = 0;
  for (const auto& results : comparison.results) width = std::max(width, results.front().policy.size());
  std::string text = fmt::format(
      "{}, {} entries, {} of a buffer, size ratio {}, device {}, processor {}, {}, {} seed{} from {}\n"
      "mean ± 95 %; then the mean of the differences from {} seed by seed, in percent\n",
      spec.workload, spec.entries, spec.buffer_entries, spec.size_ratio, spec.device, spec.processor,
      spec.load_percent == 0 ? "closed loop" : fmt::format("arrivals at {} % of each one's most", spec.load_percent),
      comparison.seeds(), comparison.seeds() == 1 ? "" : "s", spec.seed, comparison.results[0].front().policy);
  const bool timed = !spec.rests && (spec.device != "none" || spec.processor != "none");
  for (const Metric& metric : metrics()) {
    if ((metric.timed && !timed) || !says_something(metric, comparison)) continue;
    text += fmt::format("\n{} ({})\n", metric.name, metric.unit);
    for (std::size_t policy = 0; policy < comparison.results.size(); ++policy) {
      text += line_of(metric, comparison, policy, width);
    }
  }
  return text + fmt::format("\n  results {}\n", results_hash(comparison));
}

std::string csv_header() {
  std::string line = "policy,workload,device,processor,seed,entries,spec_hash,result_hash";
  for (const FigureRow& row : run_figures()) line += fmt::format(",{}", row.name);
  return line + "\n";
}

std::string csv_line(const RunResult& result) {
  const RunSpec& spec = result.spec;
  std::string line = fmt::format("\"{}\",{},{},{},{},{},{},{}", result.policy, spec.workload, spec.device,
                                 spec.processor, spec.seed, spec.entries, spec_hash(spec), result_hash(result));
  for (const FigureRow& row : run_figures()) line += fmt::format(",{}", result.figures.*row.member);
  return line + "\n";
}

}  // namespace mylonite::experiments
