// A debugger at a step of a run. Thread-safety: the main thread.
#pragma once

#include <string>

#include "core/cli/program.h"

namespace mylonite::sim {

bool has_debugger();  // a debugger traces this process

// Becomes gdb, which runs `command` and stops in it where it calls stop_in_debugger(). Returns only when that fails.
cli::Ending become_debugger(const std::string& command);

void stop_in_debugger();

}  // namespace mylonite::sim
