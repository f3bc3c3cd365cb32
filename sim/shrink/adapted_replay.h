// Replays a scenario file after the code has changed. Decisions that are not met any more are adapted: a crash moves to
// the last like file calls, fates go to like units, and then decisions are taken anew (sim/shrink/adapt.h).
//
// The verdict is one of three. Reproduced: some such run fails by the file's rule. Fixed: a run that met every decision
// does not. Stale: no run met them all, and none failed; the file proves nothing any more.
// Thread-safety: one thread. Complexity: one run where all decisions are met, else a few hundred.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/run/run.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {

class StackPool;

enum class AdaptedVerdict : std::uint8_t { kReproduced, kFixed, kStale };
std::string_view to_string(AdaptedVerdict verdict);  // "reproduced", "fixed", "stale"

struct AdaptedReplay {
  AdaptedVerdict verdict = AdaptedVerdict::kStale;
  bool adapted = false;  // decisions had to be moved or taken anew
  Outcome outcome{};     // that shows the verdict: of the failing run, else of the file's decisions as they are
};

AdaptedReplay replay_adapted(const Repro& file, StackPool& stacks, const RunSettings& settings);

}  // namespace mylonite::sim
