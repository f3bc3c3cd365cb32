// Looks for the failure in small random parts of a scenario, before and beside the steps of a shrinker.
//
// A bug that hides behind many operations often needs only a few of them, but other decisions: another crash, a larger
// value. So a sample keeps a few operations of the last incarnations, sometimes with larger values. It leaves decisions
// open. Small runs are cheap, so thousands of samples cost less than one round over the whole.
// Thread-safety: one thread. Complexity: `tries` runs for each number of operations.
#pragma once

#include <cstdint>

#include "sim/shrink/search.h"

namespace mylonite::sim {

// Returns whether a sample was kept.
bool resample(Search& search, std::uint64_t tries);

}  // namespace mylonite::sim
