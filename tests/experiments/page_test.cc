// The page of a comparison: whole by itself, with every policy and number.
#include "experiments/page/page.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mylonite::experiments {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Comparison compared() {
  CompareArguments arguments{.base = {.entries = 4000, .buffer_entries = 64, .size_ratio = 4, .base_buffers = 4},
                             .policies = {"full", "tier"},
                             .seeds = 2};
  auto comparison = compare(arguments, standard_policies());
  EXPECT_TRUE(comparison.ok());
  return *comparison;
}

// Goal: the page needs nothing else, says what the text says, and draws each tree. Method: two policies compared.
// Expectation: no address in it; every number of the text; two trees, each with an area for each of its levels.
TEST(PageTest, IsWholeByItself) {
  const Comparison comparison = compared();
  const std::string page = comparison_page(std::vector{comparison});
  for (const char* outside : {"http", "src=", "href=", "@import", "url("})
    EXPECT_EQ(count(page, outside), 0U) << outside;
  EXPECT_NE(page.find(results_hash(comparison)), std::string::npos);
  for (const Metric* metric : metrics_of(comparison)) {
    EXPECT_NE(page.find("<h3>" + std::string(metric->name)), std::string::npos);
    for (const MetricRow& row : metric_rows(*metric, comparison)) {
      EXPECT_NE(page.find(row.own_text), std::string::npos) << row.own_text;
      EXPECT_NE(page.find(row.difference_text), std::string::npos) << row.difference_text;
    }
  }
  EXPECT_EQ(count(page, "<figure>"), 2U);
  EXPECT_EQ(count(page, "</svg>"), 2 + 2 * metrics_of(comparison).size());
  for (const auto& row : comparison.results) {
    std::size_t levels = 0;
    for (const ShapeSample& sample : row.front().shape) levels = std::max(levels, sample.levels.size());
    EXPECT_EQ(count(tree_figure(row.front(), {.bytes = 1'000'000, .runs = 10}), "class=\"level"), levels);
    EXPECT_EQ(row.front().shape.size(), row.front().figures.samples);
  }
}

// Goal: what a name holds cannot become markup. Method: a policy with such a name.
TEST(PageTest, NamesAreText) {
  Comparison comparison = compared();
  for (RunResult& each : comparison.results[1]) each.policy = "<b>&\"";
  const std::string page = comparison_page(std::vector{comparison});
  EXPECT_EQ(count(page, "<b>"), 0U);
  EXPECT_GT(count(page, "&lt;b&gt;&amp;&quot;"), 0U);
}

}  // namespace
}  // namespace mylonite::experiments
