// `merge`: one comparison from files of results. Thread-safety: on a program's main thread.
#pragma once

#include <string>

#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {

cli::Command merge_command(LabArguments& arguments, const std::string& program);

}  // namespace mylonite::experiments
