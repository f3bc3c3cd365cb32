// What was observed in a run as a scenario file holds it, and what a replay says of such a file.
#pragma once

#include <cstdint>

#include "sim/run/run.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {

Repro repro_of(const Outcome& outcome);

// What a replay says of the file. Stale: decisions that the file records were never met, so it says nothing; what is
// not stale followed the file to its end.
enum class Verdict : std::uint8_t { kReproduced, kOtherRule, kOtherTrace, kStale };
Verdict verdict_of(const Repro& observed, const Outcome& replayed);

}  // namespace mylonite::sim
