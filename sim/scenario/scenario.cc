#include "sim/scenario/scenario.h"

namespace mylonite::sim {

std::string first_of_mylonite(const Scenario& scenario) {
  for (const IncarnationPlan& plan : scenario.incarnations) {
    if (plan.read_only_first) return "open for reading";
    for (const std::vector<Operation>& client : plan.clients) {
      for (const Operation& each : client) {
        if (!kEveryStoreCan.at(each.index())) return std::string(kOperationNames.at(each.index()));
      }
    }
  }
  return "";
}

}  // namespace mylonite::sim
