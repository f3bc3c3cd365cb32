// Traces as lines, an event each with its number: printed, and compared with what another run printed.
#pragma once

#include <string>

#include "core/cli/program.h"
#include "sim/machine/trace.h"
#include "sim/program/scenario_source.h"

namespace mylonite::sim {

Status print_trace(const Trace& trace);

// Runs the scenario, and prints the first event that differs from the lines in a file, with the story until then. The
// file is what `trace` of the same scenario printed, of another build or on another machine.
// Exit codes: kDone if all events are equal, kNotDeterministic if one differs, kUsage if the file holds no events.
cli::Ending compare_traces(const NamedScenario& named, const ScenarioArguments& source, const std::string& file);

}  // namespace mylonite::sim
