// The lists that a scenario consists of, for a shrinker: each can be counted and thinned out, from one table.
// Thread-safety: values. Complexity: linear in the scenario.
#pragma once

#include <cstddef>
#include <span>

#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct PartList {
  const char* name;  // in the plural
  std::size_t (*count)(const Scenario& scenario);
  void (*drop)(Scenario& scenario, std::size_t first, std::size_t last);  // the parts [first, last)
  bool is_of_decisions = false;
  bool steers = false;  // without a part the run takes another way, and other decisions may suit it
};

// In the order in which dropping pays: incarnations, clients, operations, faults, lost units, switches of threads,
// items of batches, targets of cursors.
std::span<const PartList> part_lists();

}  // namespace mylonite::sim
