// A program of bash, to be sourced: it completes commands, options and values. Thread-safety: pure function.
#pragma once

#include <string>

#include "core/cli/program.h"

namespace mylonite::cli {

std::string bash_completions(const Program& program);

}  // namespace mylonite::cli
