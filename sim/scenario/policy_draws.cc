#include "sim/scenario/policy_draws.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace mylonite::sim {

// Each policy draws a number from the stream of its name, and the greatest wins. So an added policy changes only the
// scenarios that it wins.
std::string draw_policy(const CompactionPolicies& policies, const Random& random) {
  const Random choice = random.split("policy");
  const auto draw = [&](const CompactionPolicy& each) { return choice.split(each.name).next(); };
  const CompactionPolicy& policy = *std::ranges::max_element(policies, {}, draw);
  std::string text = policy.name;
  for (const PolicyParameter& each : policy.parameters) {
    if (each.worth_trying.empty()) continue;
    const std::uint64_t drawn = random.split(policy.name).split(each.name).below(each.worth_trying.size());
    text += fmt::format("{}{}={}", text == policy.name ? ":" : ",", each.name, each.worth_trying[drawn]);
  }
  return text;
}

}  // namespace mylonite::sim
