#include "sim/campaign/campaign.h"

#include <string_view>

#include <fmt/format.h>

#include "core/rt/rt.h"
#include "sim/machine/fiber.h"

namespace mylonite::sim {
namespace {

bool runs_again(std::uint64_t seed, std::uint64_t percent) { return Random(seed).split("twice").below(100) < percent; }

// Runs again, from the seed and from what was recorded. Empty: each was the same run.
std::string difference_from(const Outcome& outcome, const Scenario& generated, StackPool& stacks,
                            const RunSettings& settings) {
  struct Way {
    std::string_view name;
    const Scenario& scenario;
  };
  for (const Way& way : {Way{"from its seed", generated}, Way{"from its record", outcome.recorded}}) {
    const Outcome again = run(way.scenario, stacks, settings);
    if (again.interrupted) return "";
    if (again.trace_hash == outcome.trace_hash && again.faithful) continue;
    std::string place = explain_difference(generated, way.scenario, stacks, settings);
    if (place.empty()) place = again.faithful ? "the hashes differed once, and not again" : "decisions were not met";
    return fmt::format("run again {}: {}", way.name, place);
  }
  return "";
}

SeedResult run_seed(std::uint64_t seed, const CampaignOptions& options, const std::atomic<bool>& interrupt,
                    StackPool& stacks) {
  const std::uint64_t started = rt::monotonic_ns();
  const RunSettings settings{.interrupt = &interrupt,
                             .unreadable_heaps = options.unreadable_heaps,
                             .policies = options.generator.policies,
                             .store = options.store};
  SeedResult result{.seed = seed, .outcome = run(generate(seed, options.generator), stacks, settings)};
  if (!result.outcome.interrupted && runs_again(seed, options.determinism_percent)) {
    result.difference = difference_from(result.outcome, generate(seed, options.generator), stacks, settings);
  }
  result.wall_ns = rt::monotonic_ns() - started;
  return result;
}

void add(Campaign& campaign, const SeedResult& result, const CampaignOptions& options) {
  campaign.interrupted |= result.outcome.interrupted;
  if (result.outcome.interrupted) return;
  ++campaign.seeds;
  campaign.failures += result.outcome.failure ? 1 : 0;
  campaign.nothing_ran += result.outcome.nothing_ran && !result.outcome.failure ? 1 : 0;
  campaign.nondeterministic += result.difference.empty() ? 0 : 1;
  campaign.run_again += runs_again(result.seed, options.determinism_percent) ? 1 : 0;
  campaign.stats.add(result.outcome.stats);
}

}  // namespace

Campaign run_campaign(const CampaignOptions& options, const std::atomic<bool>& interrupt, const CampaignHooks& hooks) {
  Campaign campaign;
  rt::Mutex mutex;
  std::uint64_t next = options.first_seed + options.shard;
  const std::uint64_t started = rt::monotonic_ns();
  auto work = [&] {
    StackPool stacks;
    while (!interrupt.load(std::memory_order_relaxed)) {
      std::uint64_t seed = 0;
      {
        rt::Lock lock(mutex);
        if (options.until_failure && campaign.failures > 0) return;
        if (next >= options.end_seed || rt::monotonic_ns() - started >= options.stop_after_ns) return;
        seed = next;
        next += options.shards;
        if (hooks.on_begin) hooks.on_begin(seed);
      }
      const SeedResult result = run_seed(seed, options, interrupt, stacks);
      rt::Lock lock(mutex);
      add(campaign, result, options);
      if (hooks.on_seed) hooks.on_seed(result);
    }
  };
  {
    std::vector<rt::Thread> workers;
    for (std::uint64_t i = 1; i < options.workers; ++i) workers.emplace_back("worker", work);
    work();
  }
  campaign.interrupted |= interrupt.load(std::memory_order_relaxed);
  campaign.wall_ns = rt::monotonic_ns() - started;
  return campaign;
}

}  // namespace mylonite::sim
