// A comparison as one HTML page that needs nothing else: every metric with its intervals drawn, and the tree of each
// policy over time. Readable without its pictures: each has its numbers beside it. Thread-safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "experiments/compare/compare.h"

namespace mylonite::experiments {

// A section for each comparison, in order. The trees are those of the first seed.
std::string comparison_page(std::span<const Comparison> comparisons);

// What the upper edge of a tree's figure stands for, the same for all of a comparison.
struct TreeScale {
  std::uint64_t bytes = 1;
  std::uint64_t runs = 1;
};
std::string metric_figure(const Metric& metric, const Comparison& comparison);  // a table with drawn intervals
std::string tree_figure(const RunResult& result, const TreeScale& scale);       // bytes by level over writes, as SVG

}  // namespace mylonite::experiments
