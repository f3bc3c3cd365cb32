// A recording as trace events, in the JSON format that ui.perfetto.dev and chrome://tracing open.
//
//   process  an incarnation, by its number
//   thread   a fiber, by its number and name; thread 0 shows which fiber runs
//   slice    an operation of a client; within it a file call; a turn of a fiber
//   instant  a fault, a crash, the failure
//
// One step of the schedule is one microsecond of the trace; `ns` in an event's details is virtual time.
// Invariants: slices of a thread nest. Thread-safety: pure. Complexity: linear in the events.
#pragma once

#include <string>

#include "sim/run/recording.h"

namespace mylonite::sim {

std::string perfetto_json(const Recording& recording);

}  // namespace mylonite::sim
