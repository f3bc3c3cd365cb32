#include "sim/report/report.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/base/release.h"
#include "sim/oracle/rules.h"
#include "sim/report/stack_text.h"
#include "sim/scenario/repro.h"

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

std::vector<std::pair<std::string, std::uint64_t>> crash_counts(const RunStats& stats) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (std::size_t i = 0; i < stats.crashes_at.size(); ++i) {
    counts.emplace_back(std::string(faultfs::call_kind_name(static_cast<faultfs::CallKind>(i))), stats.crashes_at[i]);
  }
  return counts;
}

std::string counts_json(const std::map<std::string, std::uint64_t, std::less<>>& counts) {
  JsonObject object;
  for (const auto& [name, count] : counts) object.number(name, count);
  return object.object();
}

std::string histogram_json(const std::map<std::uint64_t, std::uint64_t>& counts) {
  JsonArray array;
  for (const auto& [value, count] : counts) array.add(JsonArray().number(value).number(count).array());
  return array.array();
}

// "checkpoint 12, read in past 40, …": the simulator's own marks.
std::string own_marks_text(const Coverage& coverage) {
  std::string text;
  for (std::string_view mark : kMarks) {
    if (!mark.starts_with(kSimulatorMarks)) continue;
    std::string words(mark.substr(kSimulatorMarks.size()));
    std::ranges::replace(words, '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", words, coverage.count(mark));
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

void add_figures(JsonObject& object, const Campaign& campaign) {
  const RunStats& stats = campaign.stats;
  JsonObject crashes;
  for (const auto& [name, count] : crash_counts(stats)) {
    if (count > 0) crashes.number(name, count);
  }
  object.number("seeds", campaign.seeds)
      .number("failures", campaign.failures)
      .number("nondeterministic", campaign.nondeterministic)
      .number("nothing_ran", campaign.nothing_ran)
      .flag("interrupted", campaign.interrupted)
      .number("wall_ns", campaign.wall_ns)
      .number("operations", stats.operations)
      .number("writes", stats.writes)
      .number("crashes", stats.crashes)
      .number("crashes_in_open", stats.crashes_in_open)
      .number("drops", stats.drops)
      .number("recoveries", stats.recoveries)
      .number("steps", stats.steps)
      .number("file_calls", stats.file_calls)
      .number("lies", stats.lies)
      .number("reported_damage", stats.reported_damage)
      .number("failed_calls", stats.failed_calls)
      .number("reported_errors", stats.reported_errors)
      .raw("jobs", counts_json(stats.jobs))
      .number("seeds_merging_at_once", stats.seeds_merging_at_once)
      .raw("crashes_at", crashes.object())
      .raw("group_sizes", histogram_json(stats.group_sizes))
      .raw("group_sizes_of_4_clients", histogram_json(stats.group_sizes_of_4))
      .raw("acknowledged_lost", histogram_json(stats.acknowledged_lost))
      .raw("marks", counts_json(stats.coverage.counts()));
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

std::string summary_text(const Campaign& campaign, const CampaignOptions& options) {
  const double wall = seconds(campaign.wall_ns);
  const RunStats& stats = campaign.stats;
  std::string text = fmt::format(
      "{} seeds{} in {:.1f} s: {:.0f} seeds/s, {:.0f} crash/recover cycles/s, {:.0f} ns a step, {} worker{}",
      campaign.seeds, verdict(campaign), wall, per(campaign.seeds, wall), per(stats.recoveries, wall),
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

std::string summary_json(const Campaign& campaign, const CampaignOptions& options) {
  JsonObject object;
  add_figures(object, campaign);
  object.number("operations_asked", options.generator.operations).number("crashes_asked", options.generator.crashes);
  return indented(object.object(), 1);
}

namespace {

// Breaks lines at spaces; each begins with two. Lines that the text has already stay apart.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 112;
  std::string lines;
  while (!text.empty()) {
    std::size_t cut = std::min(text.find('\n'), text.size());
    if (cut > kWidth) {
      const std::size_t space = text.rfind(' ', kWidth);
      cut = space == std::string_view::npos || space == 0 ? cut : space;
    }
    lines += fmt::format("  {}\n", text.substr(0, cut));
    text.remove_prefix(std::min(cut + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string failure_text(const Outcome& outcome, const FailureContext& context) {
  if (!outcome.failure) return "";
  const Failure& failure = *outcome.failure;
  std::string text = fmt::format("\nFAILED  seed {}  options {}  rule {}\n", outcome.recorded.seed,
                                 options_hash(outcome.recorded), failure.rule);
  text += wrapped(meaning_of_rule(failure.rule)) + wrapped("but: " + failure.what);
  text += fmt::format("  in incarnation {} at step {}{}{}\n\n", failure.incarnation, failure.step,
                      failure.operation.empty() ? "" : ", in ", failure.operation);
  if (!failure.stack.empty()) text += "the stack:\n" + stack_text(failure.stack, "  ") + "\n";
  if (!outcome.story.empty()) {
    text += "the story (clients left, machine right):\n";
    for (const std::string& line : outcome.story) text += line + "\n";
    text += "\n";
  }
  if (!context.decisions.empty()) text += context.decisions + "\n";
  if (!context.seeds.empty()) text += fmt::format("seeds:     {}\n", context.seeds);
  if (!context.shrunk.empty()) text += fmt::format("shrunk:    {}\n", context.shrunk);
  if (!context.artifact.empty()) text += fmt::format("scenario:  {}\n", context.artifact);
  text += fmt::format("replay:    {}\n", context.replay_command);
  if (!context.report_command.empty()) text += fmt::format("draw:      {}\n", context.report_command);
  return text;
}

std::string run_start_json(const CampaignOptions& options) {
  return JsonObject()
      .text("ev", "run_start")
      .text("version", kRelease)
      .number("first_seed", options.first_seed)
      .number("end_seed", options.end_seed)
      .number("shard", options.shard)
      .number("shards", options.shards)
      .number("operations", options.generator.operations)
      .number("crashes", options.generator.crashes)
      .text("profile", options.generator.profile)
      .object();
}

std::string seed_json(const SeedResult& result) {
  const Outcome& outcome = result.outcome;
  const char* verdict =
      outcome.failure
          ? "failed"
          : (!result.difference.empty() ? "nondeterministic" : (outcome.nothing_ran ? "nothing_ran" : "passed"));
  return JsonObject()
      .text("ev", "seed")
      .number("seed", result.seed)
      .text("outcome", verdict)
      .text("options_hash", options_hash(outcome.recorded))
      .number("operations", outcome.stats.operations)
      .number("crashes", outcome.stats.crashes)
      .number("faults", outcome.stats.lies + outcome.stats.failed_calls)
      .number("virtual_ms", outcome.stats.virtual_ns / 1'000'000)
      .number("wall_ms", result.wall_ns / 1'000'000)
      .text("trace_hash", outcome.trace_hash)
      .raw("marks", counts_json(outcome.stats.coverage.counts()))
      .object();
}

std::string failure_json(const SeedResult& result, const Signature& signature, const std::string& artifact) {
  const Failure& failure = *result.outcome.failure;
  return JsonObject()
      .text("ev", "failure")
      .number("seed", result.seed)
      .text("rule", failure.rule)
      .text("operation", signature.operation)
      .text("call", signature.call)
      .text("place", signature.place)
      .text("what", failure.what)
      .number("incarnation", failure.incarnation)
      .number("step", failure.step)
      .text("artifact", artifact)
      .object();
}

std::string run_end_json(const Campaign& campaign) {
  JsonObject object;
  object.text("ev", "run_end");
  add_figures(object, campaign);
  return object.object();
}

std::string marks_text(const RunStats& stats) {
  std::string text;
  for (const std::string& name : all_marks()) text += fmt::format("{:>12}  {}\n", stats.coverage.count(name), name);
  return text;
}

std::string rules_text() {
  std::string text;
  for (const Rule& rule : all_rules()) text += fmt::format("{:<17} {}\n", rule.name, rule.meaning);
  return text;
}

}  // namespace mylonite::sim
