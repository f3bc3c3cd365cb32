// Seeds to scenarios, swarm style (Groce et al., "Swarm Testing", ISSTA 2012): each seed first draws *which* features,
// sizes, faults and schedules are on, then the operations. Options are drawn again for every incarnation.
//
// Deterministic: one seed and one GeneratorOptions give one scenario, everywhere. The work is stated by the caller:
// `operations` in all, and `crashes` incarnations that end in a crash (some inside recovery), plus a last one that
// closes; now and then a clean close in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mylonite/compaction_policy.h>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct GeneratorOptions {
  std::uint64_t operations = 1000;
  std::uint64_t crashes = 10;
  std::string profile = "default";  // smoke: one client, no schedule games; default; harsh: tiny sizes, more faults
  std::optional<faultfs::NameOrder> names{};          // empty: drawn
  std::optional<bool> liar{};                         // empty: one seed in ten
  CompactionPolicies policies = standard_policies();  // drawn from, every row as often as any other
};

Scenario generate(std::uint64_t seed, const GeneratorOptions& options);

}  // namespace mylonite::sim
