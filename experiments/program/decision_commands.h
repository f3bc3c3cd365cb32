// The commands of mylonite-lab about decisions of a run: explain, fork, headroom.
// Thread-safety: on a program's main thread.
#pragma once

#include <string>
#include <vector>

#include "core/cli/program.h"
#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {

std::vector<cli::Command> decision_commands(LabArguments& arguments, const std::string& program);

}  // namespace mylonite::experiments
