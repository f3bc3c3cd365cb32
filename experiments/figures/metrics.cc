#include "experiments/figures/metrics.h"

#include <algorithm>

namespace mylonite::experiments {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

constexpr Metric kMetrics[] = {
    {"write amplification", "bytes of tables a user byte", write_amplification},
    {"edge waste", "bytes rewritten beside the keys of the newest input, a user byte",
     [](const RunFigures& at) { return ratio(at.merge_bytes_edge, at.user_bytes); }, false, false},
    {"space amplification", "bytes of tables a live byte, mean", space_amplification},
    {"runs", "mean", [](const RunFigures& at) { return ratio(at.runs_sum, at.samples); }},
    {"runs opened", "tables that a read looks into, filters passed", tables_opened},
    {"blocks read", "an operation, not from the cache",
     [](const RunFigures& at) { return ratio(at.blocks_read, at.operations); }},
    {"largest merge", "share of the live bytes", largest_merge},
    {"throughput", "operations a second of virtual time",
     [](const RunFigures& at) { return ratio(at.operations, at.duration_ns) * 1e9; }, true},
    {"latency, 99.9 %", "microseconds",
     [](const RunFigures& at) { return static_cast<double>(at.latency_p999_ns) / 1000; }, true},
    {"held back", "share of the time that writers were slowed or stopped", held_back, true},
};

}  // namespace

double write_amplification(const RunFigures& at) { return ratio(at.flush_bytes + at.merge_bytes_out, at.user_bytes); }
double space_amplification(const RunFigures& at) { return ratio(at.table_bytes_sum, at.live_bytes_sum); }
double tables_opened(const RunFigures& at) { return ratio(at.tables_probed - at.filter_negatives, at.gets); }
double held_back(const RunFigures& at) {
  return ratio(at.stall_memtables_ns + at.stall_level0_ns + at.slowdown_ns, at.duration_ns);
}
double largest_merge(const RunFigures& at) { return ratio(at.largest_merge_bytes * at.samples, at.live_bytes_sum); }

std::span<const Metric> metrics() { return kMetrics; }

std::vector<double> values_of(const Metric& metric, std::span<const RunResult> results) {
  std::vector<double> values;
  for (const RunResult& each : results) values.push_back(metric.value(each.figures));
  return values;
}

std::vector<double> paired_percent(const Metric& metric, std::span<const RunResult> base,
                                   std::span<const RunResult> other) {
  std::vector<double> percent;
  for (std::size_t i = 0; i < std::min(base.size(), other.size()); ++i) {
    const double from = metric.value(base[i].figures);
    if (from != 0) percent.push_back((metric.value(other[i].figures) / from - 1) * 100);
  }
  return percent;
}

}  // namespace mylonite::experiments
