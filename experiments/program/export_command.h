// The command of mylonite-lab that writes a workload as a file. Thread-safety: on a program's main thread.
#pragma once

#include <string>

#include "core/cli/program.h"
#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {

cli::Command export_command(LabArguments& arguments, const std::string& program);

}  // namespace mylonite::experiments
