// `mylonite sim …` and `mylonite lab …` are the programs `mylonite-sim` and `mylonite-lab`, as with git's commands.
#pragma once

#include <string>

#include "core/cli/exit.h"

namespace mylonite::tool {

// Becomes the program of that name, found beside this one or in PATH; replaces argv[0]. Returns only after a failure,
// which it has reported.
cli::Exit become(const std::string& program, char** argv);

}  // namespace mylonite::tool
