#include "sim/scenario/scenario.h"

namespace mylonite::sim {

std::uint64_t operations_of(const Scenario& scenario) {
  std::uint64_t count = 0;
  for (const IncarnationPlan& plan : scenario.incarnations) {
    for (const auto& client : plan.clients) count += client.size();
  }
  return count;
}

std::string first_of_mylonite(const Scenario& scenario) {
  for (const IncarnationPlan& plan : scenario.incarnations) {
    if (plan.read_only_first) return "open for reading";
    if (plan.second_opener) return "second opener";
    if (plan.damage) return "damage";
    for (const std::vector<Operation>& client : plan.clients) {
      for (const Operation& each : client) {
        if (!kEveryStoreCan.at(each.index())) return std::string(kOperationNames.at(each.index()));
      }
    }
  }
  return "";
}

}  // namespace mylonite::sim
