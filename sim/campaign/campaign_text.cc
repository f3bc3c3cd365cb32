#include "sim/campaign/campaign_text.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string_view>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

double seconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }
double per(std::uint64_t count, double of) { return of > 0 ? static_cast<double>(count) / of : 0; }

// "append 41%, sync 22%, …": the largest shares first, at most `most` of them.
std::string shares(std::vector<std::pair<std::string, std::uint64_t>> counts, std::size_t most) {
  std::erase_if(counts, [](const auto& each) { return each.second == 0; });
  std::ranges::stable_sort(counts, std::ranges::greater(), [](const auto& each) { return each.second; });
  std::uint64_t sum = 0;
  for (const auto& each : counts) sum += each.second;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, counts.size()); ++i) {
    text += fmt::format("{}{} {:.1f}%", i > 0 ? ", " : "", counts[i].first,
                        100 * per(counts[i].second, static_cast<double>(sum)));
  }
  if (counts.size() > most) text += ", …";
  return text.empty() ? "none" : text;
}

// Counts by ranges 0, 1, 2, 3-4, 5-8, …, in that order.
std::string histogram(const std::map<std::uint64_t, std::uint64_t>& counts) {
  std::map<std::uint64_t, std::uint64_t> ranges;  // by the largest value of the range
  std::uint64_t sum = 0;
  for (const auto& [value, count] : counts) {
    std::uint64_t top = value;
    if (value > 2) top = std::bit_ceil(value);
    ranges[top] += count;
    sum += count;
  }
  std::string text;
  for (const auto& [top, count] : ranges) {
    const std::string name = top <= 2 ? fmt::format("{}", top) : fmt::format("{}-{}", top / 2 + 1, top);
    text += fmt::format("{}{}: {:.1f}%", text.empty() ? "" : ", ", name, 100 * per(count, static_cast<double>(sum)));
  }
  return text.empty() ? "none" : text;
}

// "checkpoint 12, read in past 40, …": the simulator's own marks.
std::string own_marks_text(const Coverage& coverage) {
  std::string text;
  for (const Mark& mark : kMarks) {
    if (!mark.name.starts_with(kSimulatorMarks)) continue;
    std::string words(mark.name.substr(kSimulatorMarks.size()));
    std::ranges::replace(words, '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", words, coverage.count(mark.name));
  }
  return text;
}

// Also of policies that never merged: 0.
// By policy, whatever its parameters, in the order of the registry.
std::string jobs_text(const RunStats& stats, const CompactionPolicies& policies) {
  std::map<std::string_view, std::uint64_t> jobs;
  for (const auto& [policy, count] : stats.jobs) {
    jobs[std::string_view(policy).substr(0, policy.find(':'))] += count;
  }
  std::string text = "jobs:";
  for (const CompactionPolicy& each : policies) text += fmt::format(" {} {},", each.name, jobs[each.name]);
  if (const auto manual = jobs.find("manual"); manual != jobs.end()) text += fmt::format(" manual {},", manual->second);
  return text + fmt::format(" side by side in {:.1f}% of seeds",
                            100 * per(stats.seeds_merging_at_once, static_cast<double>(stats.seeds)));
}

std::string faults_text(const Coverage& coverage) {
  std::string text = "faults:";
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    text += fmt::format(" {} {},", row.name, coverage.count(mark_of(row)));
  }
  text.pop_back();
  return text;
}

// What follows the number of seeds.
std::string verdict(const Campaign& campaign) {
  std::string text;
  if (campaign.failures > 0) text += fmt::format(", {} FAILED", campaign.failures);
  if (campaign.nondeterministic > 0) text += fmt::format(", {} NOT DETERMINISTIC", campaign.nondeterministic);
  if (!text.empty()) return text + ",";
  return campaign.interrupted ? " interrupted, clean so far," : " clean";
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> crash_counts(const RunStats& stats) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (std::size_t i = 0; i < stats.crashes_at.size(); ++i) {
    counts.emplace_back(std::string(faultfs::call_kind_name(static_cast<faultfs::CallKind>(i))), stats.crashes_at[i]);
  }
  return counts;
}

std::string summary_text(const Campaign& campaign, const CampaignOptions& options) {
  const double wall = seconds(campaign.wall_ns);
  const RunStats& stats = campaign.stats;
  std::string text = fmt::format(
      "{} seed{}{} in {:.1f} s: {:.0f} seeds/s, {:.0f} crash/recover cycles/s, {:.0f} ns a step, {} worker{}",
      campaign.seeds, campaign.seeds == 1 ? "" : "s", verdict(campaign), wall, per(campaign.seeds, wall),
      per(stats.recoveries, wall),
      stats.steps > 0 ? wall * 1e9 * static_cast<double>(options.workers) / static_cast<double>(stats.steps) : 0,
      options.workers, options.workers == 1 ? "" : "s");
  if (campaign.nothing_ran > 0) text += fmt::format("; nothing ran in {}", campaign.nothing_ran);
  text += fmt::format(
      "\n{} operations, {} writes, {} crashes ({} inside open, up to {} in a row; {} by drop), {} recoveries checked, "
      "{} seeds run again\n",
      stats.operations, stats.writes, stats.crashes, stats.crashes_in_open, stats.nested_depth_max, stats.drops,
      stats.recoveries, campaign.run_again);
  text += "crashes by file call: " + shares(crash_counts(stats), 8) + "; " + faults_text(stats.coverage) + "\n";
  const bool of_mylonite = !options.store;
  if (of_mylonite) {
    text += "batches a group commit, 4 clients: " + histogram(stats.group_sizes_of_4) + "; " +
            jobs_text(stats, options.generator.policies) + "\n";
  }
  text += "acknowledged writes lost at a power loss (never durable ones): " + histogram(stats.acknowledged_lost) + "\n";
  const std::string answers = fmt::format("lying syncs {}, damage reported {}; failed calls {}, errors reported {}",
                                          stats.lies, stats.reported_damage, stats.failed_calls, stats.reported_errors);
  if (!of_mylonite) return text + answers + "\n";
  const std::string missing = stats.coverage.missing();
  text += fmt::format("seen: {}; {}; marks {}\n", own_marks_text(stats.coverage), answers,
                      missing.empty() ? "all reached" : "not reached: " + missing);
  return text;
}

std::string marks_text(const RunStats& stats) {
  std::string text;
  for (const std::string& name : all_marks()) {
    text += fmt::format("{:>12}  {:<31}  {}\n", stats.coverage.count(name), name, meaning_of_mark(name));
  }
  return text;
}

}  // namespace mylonite::sim
