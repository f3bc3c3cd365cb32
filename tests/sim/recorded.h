// For tests: scenarios that were run, of many kinds, small enough to have a hundred of them.
#pragma once

#include <cstdint>

#include "sim/machine/fiber.h"
#include "sim/run/run.h"
#include "sim/scenario/generator.h"

namespace mylonite::sim {

// Every profile, name order and honesty comes up within 18 seeds.
inline GeneratorOptions mixed_options(std::uint64_t seed) {
  GeneratorOptions options{.operations = 80, .crashes = 3};
  constexpr const char* kProfiles[] = {"default", "harsh", "smoke"};
  options.profile = kProfiles[seed % 3];
  options.names = static_cast<faultfs::NameOrder>(seed / 3 % 3);
  options.liar = seed / 9 % 2 == 1;
  return options;
}

inline Scenario mixed_scenario(std::uint64_t seed) { return generate(seed, mixed_options(seed)); }

inline Outcome run_mixed(std::uint64_t seed, const RunSettings& settings = {}) {
  StackPool stacks;
  return run(mixed_scenario(seed), stacks, settings);
}

}  // namespace mylonite::sim
