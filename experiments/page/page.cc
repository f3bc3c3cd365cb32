#include "experiments/page/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/markup.h"
#include "experiments/page/style.h"

namespace mylonite::experiments {
namespace {

std::uint64_t bytes_of(const ShapeSample& sample) {
  std::uint64_t bytes = 0;
  for (const LevelShape& level : sample.levels) bytes += level.bytes;
  return bytes;
}

std::string trees(const Comparison& comparison) {
  TreeScale scale{.bytes = 0};
  for (const std::vector<RunResult>& row : comparison.results) {
    for (const ShapeSample& sample : row.front().shape) {
      scale.bytes = std::max(scale.bytes, bytes_of(sample));
      scale.runs = std::max(scale.runs, sample.runs());
    }
  }
  if (scale.bytes == 0) return "";
  std::string html = fmt::format(
      "<h3>The tree over time</h3>\n<p>Bytes of tables by level, level 0 on top, after each buffer of writes; the line "
      "is "
      "the number of runs. The upper edge is {:.1f} MB and {} runs. Seed {}.</p>\n<div class=\"trees\">\n",
      static_cast<double>(scale.bytes) / 1e6, scale.runs, comparison.base.seed);
  for (const std::vector<RunResult>& row : comparison.results) html += tree_figure(row.front(), scale);
  return html + "</div>\n";
}

std::string section(const Comparison& comparison) {
  const RunSpec& spec = comparison.base;
  std::string html = fmt::format(
      "<section>\n<h2>{}{}</h2>\n<p>{} entries, {} of a buffer, size ratio {}, device {}, processor {}, {}; {} seeds "
      "from "
      "{}. Means with intervals of 95 %; differences from {} are taken seed by seed.</p>\n",
      escaped_markup(workload_text(spec)),
      comparison.differs.empty() ? "" : escaped_markup(fmt::format(" with {}", comparison.differs)), spec.entries,
      spec.buffer_entries, spec.size_ratio, escaped_markup(spec.device), escaped_markup(spec.processor),
      loop_text(spec), comparison.seeds(), spec.seed, escaped_markup(comparison.results[0].front().policy));
  for (const Metric* metric : metrics_of(comparison)) html += metric_figure(*metric, comparison);
  return html + trees(comparison) +
         fmt::format("<p class=\"hash\">results {}</p>\n</section>\n", results_hash(comparison));
}

}  // namespace

std::string metric_figure(const Metric& metric, const Comparison& comparison) {
  constexpr double kWidth = 300;
  const std::vector<MetricRow> rows = metric_rows(metric, comparison);
  double most = 0;
  for (const MetricRow& row : rows) most = std::max(most, row.own.mean + (row.known() ? row.own.half : 0));
  const auto place = [&](double value) { return most > 0 ? std::max(value, 0.0) / most * kWidth : 0; };
  std::string html = fmt::format(
      "<h3>{}</h3>\n<table>\n<caption>{}</caption>\n<tr><th>policy<th>mean<th>difference<th "
      "aria-hidden=\"true\"></tr>\n",
      escaped_markup(metric.name), escaped_markup(metric.unit));
  for (const MetricRow& row : rows) {
    const double half = row.known() ? row.own.half : 0;
    html += fmt::format(
        "<tr><td>{}<td class=\"number\">{}<td class=\"number\">{}<td><svg width=\"{}\" height=\"16\" role=\"img\" "
        "aria-label=\"{}\"><rect y=\"3\" width=\"{:.1f}\" height=\"10\" class=\"bar\"/><path d=\"M{:.1f} 8H{:.1f}\" "
        "class=\"interval\"/></svg></tr>\n",
        escaped_markup(row.policy), escaped_markup(row.own_text), escaped_markup(row.difference_text), kWidth + 8,
        escaped_markup(row.own_text), place(row.own.mean), place(row.own.mean - half), place(row.own.mean + half));
  }
  return html + "</table>\n";
}

std::string tree_figure(const RunResult& result, const TreeScale& scale) {
  constexpr double kWidth = 420;
  constexpr double kHeight = 180;
  const std::vector<ShapeSample>& shape = result.shape;
  std::size_t levels = 0;
  for (const ShapeSample& sample : shape) levels = std::max(levels, sample.levels.size());
  const double step = kWidth / static_cast<double>(std::max<std::size_t>(shape.size(), 2) - 1);
  // A point of a path: the sample, and its share of the height.
  const auto point = [&](std::size_t i, std::uint64_t part, std::uint64_t whole) {
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("{:.1f} {:.1f}", step * static_cast<double>(i), kHeight * (1 - share));
  };
  std::string areas;
  std::string legend;
  std::vector<std::uint64_t> below(shape.size());
  for (std::size_t level = levels; level-- > 0;) {
    std::string top;
    std::string bottom;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      bottom = "L" + point(i, below[i], scale.bytes) + bottom;
      below[i] += level < shape[i].levels.size() ? shape[i].levels[level].bytes : 0;
      top += (i == 0 ? "M" : "L") + point(i, below[i], scale.bytes);
    }
    const std::size_t colour = level % kLevelColours;
    areas += fmt::format("<path d=\"{}{}Z\" class=\"level{}\"/>\n", top, bottom, colour);
    legend = fmt::format("<span class=\"key level{}\">level {}</span> ", colour, level) + legend;
  }
  std::string line;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    line += (i == 0 ? "M" : "L") + point(i, shape[i].runs(), scale.runs);
  }
  return fmt::format(
      "<figure>\n<figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"the tree of {} over "
      "time\">\n{}<path d=\"{}\" class=\"runs\"/>\n</svg>\n<p>{}</p>\n</figure>\n",
      escaped_markup(result.policy), kWidth, kHeight, escaped_markup(result.policy), areas, line, legend);
}

std::string comparison_page(std::span<const Comparison> comparisons) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width\">\n<title>Compaction strategies compared</title>\n<style>{}</style>\n"
      "<h1>Compaction strategies compared</h1>\n",
      kPageStyle);
  for (const Comparison& each : comparisons) html += section(each);
  return html + "</html>\n";
}

}  // namespace mylonite::experiments
