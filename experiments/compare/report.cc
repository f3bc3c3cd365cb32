#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "experiments/compare/compare.h"
#include "experiments/figures/interval.h"
#include "experiments/figures/metrics.h"

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

// A cell of CSV.
std::string quoted(std::string_view text) {
  std::string cell = "\"";
  for (const char each : text) cell += each == '"' ? std::string(2, each) : std::string(1, each);
  return cell + "\"";
}

constexpr double kComparable = 100;  // times the base
constexpr double kMuch = 0.1;        // of the time

std::string percent_text(double value) { return fmt::format("{:.2f}", value); }

// Without reads, what is said of reads is 0 everywhere.
bool says_something(const Metric& metric, const Comparison& comparison) {
  const bool has_peer = std::ranges::any_of(
      comparison.results, [](const std::vector<RunResult>& results) { return is_of_peer(results.front()); });
  if (has_peer && !metric.counted_by_peers) return false;
  return std::ranges::any_of(comparison.results, [&](const std::vector<RunResult>& results) {
    return std::ranges::any_of(values_of(metric, results), [](double value) { return value != 0; });
  });
}

// A store that holds writers back shows the figures of a backlog.
std::string backlog_note(const Comparison& comparison) {
  const auto much = [](const RunResult& result) { return held_back(result.figures) > kMuch; };
  std::string names;
  for (const std::vector<RunResult>& results : comparison.results) {
    if (std::ranges::any_of(results, much)) names += (names.empty() ? "" : ", ") + results.front().policy;
  }
  if (names.empty() || comparison.base.rests) return "";
  return fmt::format(
      "\nwriters were held back under {}: there, runs pile up and less is merged than in the long run;\n"
      "--arrivals-per-second N gives all policies one rate, which each should sustain\n",
      names);
}

}  // namespace

bool MetricRow::known() const { return std::isfinite(own.half); }

std::vector<MetricRow> metric_rows(const Metric& metric, const Comparison& comparison) {
  std::vector<MetricRow> rows;
  for (std::size_t policy = 0; policy < comparison.results.size(); ++policy) {
    const std::vector<RunResult>& results = comparison.results[policy];
    MetricRow& row = rows.emplace_back(MetricRow{.policy = results.front().policy});
    row.own = interval_of(values_of(metric, results));
    row.own_text = fmt::format("{:>10}{}", number_text(row.own.mean), half_text(row.own, number_text));
    const std::vector<double> paired = paired_percent(metric, comparison.results[0], results);
    if (policy == 0 || paired.empty()) continue;
    // Percent of next to nothing say nothing.
    if (std::abs(row.own.mean) > kComparable * std::abs(rows.front().own.mean)) continue;
    const Interval difference = interval_of(paired);
    row.difference_text = fmt::format("{:>+9.2f}{} %", difference.mean, half_text(difference, percent_text));
  }
  return rows;
}

std::vector<const Metric*> metrics_of(const Comparison& comparison) {
  const RunSpec& spec = comparison.base;
  const bool timed = !spec.rests && (spec.device != "none" || spec.processor != "none");
  std::vector<const Metric*> all;
  for (const Metric& metric : metrics()) {
    if (metric.timed ? timed : says_something(metric, comparison)) all.push_back(&metric);
  }
  return all;
}

std::string loop_text(const RunSpec& spec) {
  if (spec.arrivals_per_second > 0) return fmt::format("{} arrivals a second", spec.arrivals_per_second);
  return spec.load_percent == 0 ? "closed loop" : fmt::format("arrivals at {} % of each one's most", spec.load_percent);
}

// What the columns are. A policy alone is compared with nothing.
std::string columns_text(const Comparison& comparison) {
  const bool one_seed = comparison.seeds() == 1;
  const std::string own = one_seed ? "one seed, so no intervals" : "mean ± 95 %";
  if (comparison.results.size() == 1) return own + "; one policy, so nothing to compare it with";
  const std::string& base = comparison.results[0].front().policy;
  if (one_seed) return fmt::format("{}; then the difference from {} in percent", own, base);
  return fmt::format("{}; then the mean of the differences from {} seed by seed, in percent", own, base);
}

std::string comparison_text(const Comparison& comparison) {
  const RunSpec& spec = comparison.base;
  std::size_t width = 0;
  for (const auto& results : comparison.results) width = std::max(width, results.front().policy.size());
  std::string text = fmt::format(
      "{}, {} entries, {} of a buffer, size ratio {}, device {}, processor {}, {}, {} seed{} from {}\n{}{}\n",
      workload_text(spec), spec.entries, spec.buffer_entries, spec.size_ratio, spec.device, spec.processor,
      loop_text(spec), comparison.seeds(), comparison.seeds() == 1 ? "" : "s", spec.seed,
      comparison.differs.empty() ? "" : fmt::format("with {}\n", comparison.differs), columns_text(comparison));
  for (const Metric* metric : metrics_of(comparison)) {
    text += fmt::format("\n{} ({})\n", metric->name, metric->unit);
    for (const MetricRow& row : metric_rows(*metric, comparison)) {
      std::string line = fmt::format("  {:<{}}  {:<20}  {}", row.policy, width, row.own_text, row.difference_text);
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return text + backlog_note(comparison) + fmt::format("\n  results {}\n", results_hash(comparison));
}

std::string csv_header() {
  std::string line = "policy,workload,device,processor,seed,entries,commit,options_hash,spec_hash,result_hash";
  for (const FigureRow& row : run_figures()) line += fmt::format(",{}", row.name);
  return line + "\n";
}

std::string csv_line(const RunResult& result) {
  const RunSpec& spec = result.spec;
  const std::string workload = spec.workload_file.empty() ? spec.workload : quoted(workload_text(spec));
  std::string line =
      fmt::format("{},{},{},{},{},{},{},{},{},{}", quoted(result.policy), workload, spec.device, spec.processor,
                  spec.seed, spec.entries, result.commit, result.options_hash, spec_hash(spec), result_hash(result));
  for (const FigureRow& row : run_figures()) line += fmt::format(",{}", result.figures.*row.member);
  return line + "\n";
}

}  // namespace mylonite::experiments
