#include "core/compaction/filter_rate.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/base/fixed_point.h"
#include "core/sst/filter.h"

namespace mylonite {
namespace {

std::uint64_t entries_of(const Run& run, const std::set<FileNumber>& without) {
  std::uint64_t entries = 0;
  for (const TableInfo& table : run.tables) entries += without.contains(table.number) ? 0 : table.entries;
  return entries;
}

}  // namespace

std::uint64_t monkey_rate(std::uint64_t rate, std::uint64_t entries, std::span<const std::uint64_t> others) {
  constexpr std::uint64_t kEntriesMax = std::uint64_t{1} << 40;  // of all runs, so that nothing below overflows
  std::uint64_t all = std::max<std::uint64_t>(entries, 1);
  for (const std::uint64_t each : others) all += each;
  std::uint64_t unit = 1;
  while (all / unit > kEntriesMax) unit *= 2;
  std::uint64_t weighted = 0;
  const auto weigh = [&](std::uint64_t each) { weighted += each / unit * log2_q16(std::max<std::uint64_t>(each, 1)); };
  weigh(entries);
  for (const std::uint64_t each : others) weigh(each);
  const std::uint64_t mean = weighted / (all / unit);
  const std::uint64_t most = log2_q16(rate) + log2_q16(std::max<std::uint64_t>(entries, 1));
  // The greatest rate whose logarithm is at most `most` - `mean`.
  std::uint64_t low = kFilterRateMin;
  std::uint64_t high = kFilterRateMax;
  while (low < high) {
    const std::uint64_t middle = (low + high + 1) / 2;
    if (log2_q16(middle) + mean <= most) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

std::uint64_t filter_rate_of_run(const Options& options, Levels levels, std::uint64_t entries) {
  const std::uint64_t rate = filter_rate(options.bloom_false_positive_rate);
  if (options.filter_allocation == "uniform") return rate;
  std::vector<std::uint64_t> others;
  for (const Level& level : levels) {
    for (const Run& run : level.runs) others.push_back(entries_of(run, {}));
  }
  return monkey_rate(rate, entries, others);
}

std::uint64_t filter_rate_of_job(const Options& options, Levels levels, const CompactionJob& job) {
  const std::uint64_t rate = filter_rate(options.bloom_false_positive_rate);
  if (options.filter_allocation == "uniform") return rate;
  std::set<FileNumber> inputs;
  for (const CompactionInput& input : job.inputs) inputs.insert(input.tables.begin(), input.tables.end());
  std::vector<std::uint64_t> others;
  std::uint64_t entries = 0;
  for (std::uint32_t level = 0; level < levels.size(); ++level) {
    for (const Run& run : levels[level].runs) {
      const std::uint64_t stay = entries_of(run, inputs);
      entries += entries_of(run, {}) - stay;
      if (RunPosition{.level = level, .run = run.id} == job.output()) {
        entries += stay;
      } else {
        others.push_back(stay);
      }
    }
  }
  return monkey_rate(rate, entries, others);
}

}  // namespace mylonite
