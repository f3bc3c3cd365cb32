#include "sim/campaign/campaign_lines.h"

#include <map>
#include <string_view>

#include "core/base/json.h"
#include "core/base/release.h"
#include "sim/campaign/campaign_text.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

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

}  // namespace

std::string summary_json(const Campaign& campaign, const CampaignOptions& options) {
  JsonObject object;
  add_figures(object, campaign);
  object.number("operations_asked", options.generator.operations).number("crashes_asked", options.generator.crashes);
  return indented(object.object(), 1);
}

std::string run_start_json(const CampaignOptions& options, std::string_view program, std::string_view words) {
  return JsonObject()
      .text("ev", "run_start")
      .text("program", program)
      .text("version", kRelease)
      .text("options", words)
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

std::string signature_json(const FailureGroup& group, const Shrunk* shrunk, const std::string& artifact) {
  JsonArray seeds;
  for (const std::uint64_t seed : group.seeds) seeds.number(seed);
  JsonObject object;
  object.text("ev", "signature")
      .text("rule", group.signature.rule)
      .text("operation", group.signature.operation)
      .text("call", group.signature.call)
      .text("place", group.signature.place)
      .raw("seeds", seeds.array())
      .text("artifact", artifact);
  if (shrunk == nullptr) return object.object();
  return object.number("operations_before", shrunk->before.operations)
      .number("operations", shrunk->after.operations)
      .number("crashes_before", shrunk->before.crashes)
      .number("crashes", shrunk->after.crashes)
      .number("runs", shrunk->runs)
      .object();
}

std::string run_end_json(const Campaign& campaign) {
  JsonObject object;
  object.text("ev", "run_end");
  add_figures(object, campaign);
  return object.object();
}

}  // namespace mylonite::sim
