#include "experiments/run/latencies.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace mylonite::experiments {
namespace {

// Of ascending ones.
std::uint64_t percentile(std::span<const std::uint64_t> sorted, std::uint64_t of_ten_thousand) {
  return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * of_ten_thousand / 10'000];
}

}  // namespace

void Latencies::take(RunFigures& figures) {
  std::vector<std::uint64_t> all;
  for (std::size_t kind = 0; kind < of_kind_.size(); ++kind) {
    std::vector<std::uint64_t>& own = of_kind_[kind];
    if (own.empty()) continue;
    std::ranges::sort(own);
    figures.latencies.push_back({.kind = std::string(kOperationNames[kind]),
                                 .operations = own.size(),
                                 .p50_ns = percentile(own, 5'000),
                                 .p99_ns = percentile(own, 9'900),
                                 .p999_ns = percentile(own, 9'990),
                                 .p9999_ns = percentile(own, 9'999),
                                 .max_ns = own.back()});
    if (all.empty()) {
      all = std::move(own);
      continue;
    }
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.end(), own.begin(), own.end());
    std::inplace_merge(all.begin(), all.begin() + middle, all.end());
  }
  std::ranges::sort(figures.latencies, {}, &KindLatency::kind);
  figures.operations = all.size();
  figures.latency_p50_ns = percentile(all, 5'000);
  figures.latency_p99_ns = percentile(all, 9'900);
  figures.latency_p999_ns = percentile(all, 9'990);
  figures.latency_p9999_ns = percentile(all, 9'999);
  figures.latency_max_ns = percentile(all, 10'000);
}

}  // namespace mylonite::experiments
