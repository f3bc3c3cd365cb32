// Shrinks a failing scenario: the smallest that it finds in its time, which fails with the same signature.
//
// One delta debugger over all that a scenario consists of: incarnations, clients, operations, faults, lost units,
// switches of threads (sim/shrink/parts.h); then over what each of them is: crashes, options, keys, values, fields
// (sim/shrink/simplify.h). It repeats until nothing smaller fails, the time is up, or it is interrupted. Whatever it
// ends by, the result fails. Shrinking the result again goes on from there.
//
// Source of the method: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002.
// Ours drops from the end, and runs again with open decisions (sim/shrink/search.h).
// Thread-safety: one thread. Complexity: some hundred to some ten thousand runs; those of small scenarios take 0.1 ms.
#pragma once

#include <cstdint>
#include <string>

#include "sim/run/run.h"
#include "sim/shrink/scenario_size.h"
#include "sim/shrink/search.h"

namespace mylonite::sim {

enum class ShrinkEnd : std::uint8_t { kNothingSmaller, kOutOfTime, kInterrupted, kDidNotFail };

struct Shrunk {
  ShrinkEnd end = ShrinkEnd::kNothingSmaller;
  Outcome outcome{};  // of the smallest; without a failure after kDidNotFail
  ScenarioSize before{};
  ScenarioSize after{};
  std::uint64_t runs = 0;
  std::uint64_t wall_ns = 0;
};

Shrunk shrink(const Scenario& failing, StackPool& stacks, const RunSettings& settings, const SearchLimits& limits);

// Why it stopped: "nothing smaller fails alike", "the time is up", …
std::string to_string(ShrinkEnd end);

}  // namespace mylonite::sim
