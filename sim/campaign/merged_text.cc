#include "sim/campaign/merged_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/json.h"
#include "sim/campaign/failure_groups.h"

namespace mylonite::sim {
namespace {

std::string seeds_of(const MergedGroup& group) { return seeds_text({group.seeds.begin(), group.seeds.end()}); }

// Seeds that failed in a part that ends before their failures are told.
std::vector<std::uint64_t> untold_failures(const MergedCampaign& campaign) {
  std::set<std::uint64_t> untold = campaign.failed;
  for (const auto& [signature, group] : campaign.groups) {
    for (const std::uint64_t seed : group.seeds) untold.erase(seed);
  }
  return {untold.begin(), untold.end()};
}

std::string group_json(const MergedGroup& group) {
  JsonArray seeds;
  for (const std::uint64_t seed : group.seeds) seeds.number(seed);
  JsonObject object;
  object.text("rule", group.signature.rule)
      .text("operation", group.signature.operation)
      .text("call", group.signature.call)
      .text("place", group.signature.place)
      .text("what", group.what)
      .text("artifact", group.artifact)
      .raw("seeds", seeds.array());
  return object.object();
}

}  // namespace

std::string verdict_text(const MergedCampaign& campaign) {
  const std::size_t seeds = campaign.trace_hashes.size();
  std::string text = fmt::format("{} seed{}", seeds, seeds == 1 ? "" : "s");
  const std::size_t failed = campaign.failed.size();
  const std::size_t groups = campaign.groups.size();
  if (failed > 0) text += fmt::format(", {} FAILED by {} signature{}", failed, groups, groups == 1 ? "" : "s");
  if (campaign.nondeterministic > 0) text += fmt::format(", {} NOT DETERMINISTIC", campaign.nondeterministic);
  return failed + campaign.nondeterministic > 0 ? text : text + " clean";
}

std::string size_text(const MergedGroup& group) {
  if (group.operations >= UINT64_MAX - 1) return "";
  return fmt::format("{} operation{}, {} crash{}", group.operations, group.operations == 1 ? "" : "s", group.crashes,
                     group.crashes == 1 ? "" : "es");
}

std::string merged_text(const MergedCampaign& campaign) {
  std::string text =
      fmt::format("{}; {} operations, {} crashes; {} {}; results {}\n", verdict_text(campaign), campaign.operations,
                  campaign.crashes, campaign.start.program, campaign.start.options, results_hash(campaign));
  for (const MergedGroup* group : smallest_first(campaign)) {
    text += fmt::format("\nFAILED  {}\n  {}\n  seeds {}\n", to_string(group->signature), group->what, seeds_of(*group));
    const std::string size = size_text(*group);
    if (!group->artifact.empty())
      text += fmt::format("  scenario: {}{}{}\n", group->artifact, size.empty() ? "" : ", ", size);
  }
  if (const auto untold = untold_failures(campaign); !untold.empty()) {
    text += fmt::format("\nFAILED  (the lines that say how are missing)\n  seeds {}\n", seeds_text(untold));
  }
  if (const auto names = marks_not_reached(campaign); !names.empty()) {
    text += fmt::format("marks never reached: {}\n", fmt::join(names, ", "));
  }
  if (const std::string missing = missing_seeds(campaign); !missing.empty()) {
    text += fmt::format("not run, or not in these files: {}\n", missing);
  }
  if (!campaign.unfinished.empty()) {
    text += fmt::format("of runs that were stopped, or go on: {}\n", fmt::join(campaign.unfinished, ", "));
  }
  return text;
}

std::string merged_json(const MergedCampaign& campaign) {
  JsonArray groups;
  for (const MergedGroup* group : smallest_first(campaign)) groups.add(group_json(*group));
  JsonObject marks;
  for (const auto& [name, mark] : campaign.marks) {
    marks.raw(name, JsonObject()
                        .number("times", mark.times)
                        .number("seeds", mark.seeds)
                        .number("first_seed", mark.first_seed)
                        .object());
  }
  JsonArray unfinished;
  for (const std::string& file : campaign.unfinished) unfinished.text(file);
  JsonObject object;
  object.text("program", campaign.start.program)
      .text("version", campaign.start.version)
      .text("options", campaign.start.options)
      .number("seeds", campaign.trace_hashes.size())
      .number("failures", campaign.failed.size())
      .number("nondeterministic", campaign.nondeterministic)
      .number("nothing_ran", campaign.nothing_ran)
      .number("operations", campaign.operations)
      .number("crashes", campaign.crashes)
      .text("missing_seeds", missing_seeds(campaign))
      .raw("unfinished", unfinished.array())
      .text("results", results_hash(campaign))
      .raw("signatures", groups.array())
      .raw("marks", marks.object());
  return indented(object.object(), 1);
}

}  // namespace mylonite::sim
