// The command of mylonite-lab that sets policies beside the trees of other stores. Thread-safety: on the main thread.
#pragma once

#include <string>

#include "core/cli/program.h"
#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {

cli::Command amplification_command(LabArguments& arguments, const std::string& program);

}  // namespace mylonite::experiments
