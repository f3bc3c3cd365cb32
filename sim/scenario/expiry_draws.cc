#include "sim/scenario/expiry_draws.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "sim/scenario/workload.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kSeedsOneIn = 6;

const PolicyParameter* parameter_of(const CompactionPolicy& policy, std::string_view name) {
  const auto found = std::ranges::find(policy.parameters, name, &PolicyParameter::name);
  return found == policy.parameters.end() ? nullptr : &*found;
}

std::int64_t draw_value(const PolicyParameter& parameter, bool by_age, Random random) {
  if (parameter.name == "ttl") return by_age ? static_cast<std::int64_t>(pick(random, {1, 3, 10})) : 0;
  if (parameter.name == "bytes") return static_cast<std::int64_t>(pick(random, {500, 2000, 4000, 8000}));
  if (parameter.worth_trying.empty()) return parameter.fallback;
  return parameter.worth_trying[random.below(parameter.worth_trying.size())];
}

// One of the policies under which data expires, by age or by bytes. Empty: there is none.
std::string draw_policy_of(const CompactionPolicies& policies, bool by_age, Random random) {
  std::vector<const CompactionPolicy*> expiring;
  for (const CompactionPolicy& each : policies) {
    if (parameter_of(each, "ttl") != nullptr && (by_age || parameter_of(each, "bytes") != nullptr)) {
      expiring.push_back(&each);
    }
  }
  if (expiring.empty()) return "";
  const CompactionPolicy& policy = *expiring[random.below(expiring.size())];
  std::string text = policy.name;
  for (const PolicyParameter& each : policy.parameters) {
    text += fmt::format("{}{}={}", text == policy.name ? ":" : ",", each.name,
                        draw_value(each, by_age, random.split(each.name)));
  }
  return text;
}

void weigh_operations(Swarm& swarm, bool by_age, Random random) {
  const auto weigh = [&](std::size_t kind, std::uint64_t weight) { swarm.weights.at(kind) = weight; };
  weigh(kIndexOf<op::Flush>, random.between(1, 6));
  weigh(kIndexOf<op::GetAsOf>, random.between(10, 80));
  weigh(kIndexOf<op::ScanAsOf>, random.between(0, 5));
  weigh(kIndexOf<op::CompactLevel>, random.below(3));
  weigh(kIndexOf<op::CompactRange>, random.below(3));
  // Nothing expires while a snapshot is held, so they are held for a short time.
  const bool snapshots = random.chance(1, 2);
  weigh(kIndexOf<op::TakeSnapshot>, snapshots ? 1 : 0);
  weigh(kIndexOf<op::ReleaseSnapshot>, snapshots ? 6 : 0);
  if (!by_age) return;
  weigh(kIndexOf<op::Sleep>, random.between(2, 6));
  swarm.long_sleeps = true;
  if (random.chance(1, 2)) {
    weigh(kIndexOf<op::ClockJump>, random.between(2, 6));
    swarm.far_jumps = random.chance(2, 3);
  }
  if (random.chance(1, 3)) {
    weigh(kIndexOf<op::ClockFreeze>, 1);
    weigh(kIndexOf<op::ClockRun>, 1);
  }
}

}  // namespace

void draw_expiry(Swarm& swarm, const Random& random) {
  Random own = random.split("seed");
  if (!own.chance(1, kSeedsOneIn)) return;
  ExpiryDraw drawn;
  drawn.by_age = own.chance(1, 3);
  drawn.one_thread = own.chance(2, 3);
  drawn.policy = draw_policy_of(swarm.policies, drawn.by_age, random.split("policy"));
  if (drawn.policy.empty()) return;
  weigh_operations(swarm, drawn.by_age, random.split("operations"));
  add_weights(swarm);
  drawn.lives_of_4 = pick(own, {1, 3, 3});
  swarm.memtable_scale = 0;
  swarm.keys = pick(own, {20, 60, 200});
  swarm.value_bytes_max = pick(own, {40, 200});
  if (swarm.clients > 1) swarm.clients = own.between(3, 4);  // reads while data expires
  swarm.expiry = drawn;
}

void draw_expiring_options(Options& options, const ExpiryDraw& expiry, Random random) {
  const bool expires = random.below(4) < expiry.lives_of_4;
  if (expires) options.compaction_policy = expiry.policy;
  if (expiry.one_thread) options.compaction_threads = 1;
  if (random.chance(1, 2)) options.memtable_max_bytes = 1024;
  if (!expires || random.chance(1, 2)) options.sstable_max_bytes = random.between(1024, 2048);
  options.max_levels = random.between(2, 4);
  options.compaction_threshold_bytes = random.between(4096, 6000);
  if (!expiry.by_age || random.chance(1, 2)) options.history_retention_seconds = pick(random, {1, 60, 60});
}

}  // namespace mylonite::sim
