// The commands of `mylonite`, a row each: open, call, print, close.
//
// Commands that only read open the store for reading only: they change nothing, and need no right to. What a crash left
// in the logs is read from there. `inspect` and `verify` do not even open it: they read its files.
#pragma once

#include <vector>

#include "core/cli/program.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

// The rows as commands of a program, whose values go to `raw`.
std::vector<cli::Command> commands(RawArguments& raw);
std::vector<cli::Group> groups();

}  // namespace mylonite::tool
