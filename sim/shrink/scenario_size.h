// The size of a scenario, for a shrinker: what a person must read to understand it, the costly first.
// Thread-safety: values. Complexity: linear in the scenario.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

// Compared from the first member to the last.
struct ScenarioSize {
  std::uint64_t incarnations = 0;
  std::uint64_t crashes = 0;
  std::uint64_t operations = 0;
  std::uint64_t clients = 0;   // that do anything, of all incarnations
  std::uint64_t faults = 0;    // of single file calls
  std::uint64_t losses = 0;    // units that did not survive a power loss whole
  std::uint64_t switches = 0;  // deviations from the default schedule
  std::uint64_t options = 0;   // that differ from their defaults, of all incarnations
  std::uint64_t settings = 0;  // of scenario and incarnations, that are not the plain ones
  std::uint64_t detail = 0;    // of operations, decisions and options: bytes of keys and values, and what numbers take
  auto operator<=>(const ScenarioSize&) const = default;
};

// The numbers in the text of an option, as [begin, end): two in "fifo:bytes=2000,ttl=1".
std::vector<std::pair<std::size_t, std::size_t>> numbers_in(std::string_view text);

ScenarioSize size_of(const Scenario& scenario);
std::string to_string(const ScenarioSize& size);  // "3 operations, 1 crash, 2 switches, 4 options"

}  // namespace mylonite::sim
