// The decisions of a failing scenario, and which of them decide.
//
// After shrinking few decisions are left: switches of threads, faults, the crash, what it lost. Each is left out alone,
// and the run repeated: does it still fail? Then the first decisions are kept, and later ones taken at random in many
// futures: how likely is the failure from there on? A decision at which the chance jumps is one that matters.
//
// The order is that of the incarnations; within one: switches, faults, the crash, its losses. Chances are estimates.
// Equal scenarios give equal effects. Thread-safety: one thread. Complexity: decisions · futures runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/run.h"

namespace mylonite::sim {

class StackPool;

struct DecisionEffect {
  std::string decision;        // "power loss in the 2nd append of the 1st wal"
  bool needed = false;         // without it alone, the failure is gone
  std::uint64_t failures = 0;  // alike, in so many futures from here on
};

struct DecisionEffects {
  std::uint64_t futures = 0;   // of each point
  std::uint64_t at_first = 0;  // failures where no decision is kept
  std::vector<DecisionEffect> decisions{};
};

// Requires a scenario that fails with all decisions recorded. Empty decisions: there are none, or more than `most`.
struct DecisionLimits {
  std::uint64_t futures = 100;
  std::size_t most = 16;
  std::uint64_t time_ns = 3'000'000'000;  // of real time; nothing is said of a failure whose runs take longer
};
DecisionEffects effects_of_decisions(const Scenario& failing, StackPool& stacks, const RunSettings& settings,
                                     const DecisionLimits& limits = {});

std::string to_string(const DecisionEffects& effects);  // a table; "": there is nothing to say

}  // namespace mylonite::sim
