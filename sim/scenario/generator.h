// Makes scenarios of seeds, swarm style (Groce et al., "Swarm Testing", ISSTA 2012). Each seed first draws *which*
// features, sizes, faults and schedules are on, then the operations. Every incarnation draws its own options.
//
// Deterministic: one seed and one GeneratorOptions give one scenario, everywhere. The caller states the work: the
// number of `operations` in all, and of `crashes`, the incarnations that end in a crash (some inside recovery). A last
// one closes; now and then there is a clean close in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <mylonite/compaction_policy.h>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

// Raised where a seed no longer means the scenario that it meant. Added rows alone do not raise it: they change the
// seeds that draw them. 2: policies are drawn alike, and cursors draw only what they use.
inline constexpr std::uint64_t kGeneratorVersion = 2;

struct GeneratorOptions {
  std::uint64_t operations = 1000;
  std::uint64_t crashes = 10;
  std::string profile = "default";  // smoke: one client, the default schedule; default; harsh: tiny sizes, more faults
  std::optional<faultfs::NameOrder> names{};          // empty: drawn
  std::optional<bool> liar{};                         // empty: one seed in ten
  CompactionPolicies policies = standard_policies();  // each is drawn equally often, but see expiry_draws.h
  bool for_every_store = false;                       // nothing that only Mylonite can (first_of_mylonite)
};

Scenario generate(std::uint64_t seed, const GeneratorOptions& options);

}  // namespace mylonite::sim
