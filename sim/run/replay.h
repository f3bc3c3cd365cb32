// The scenario file of a run's outcome, and the verdict of a replay about such a file.
#pragma once

#include <cstdint>

#include "sim/run/run.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {

Repro repro_of(const Outcome& outcome);

// The verdict of a replay. Stale: recorded decisions were never met, so the replay proves nothing. Every other verdict
// means that the replay followed the file to its end.
enum class Verdict : std::uint8_t { kReproduced, kOtherRule, kOtherTrace, kStale };
Verdict verdict_of(const Repro& observed, const Outcome& replayed);

}  // namespace mylonite::sim
