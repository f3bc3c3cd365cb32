// The commands of `mylonite`, one row each: open, call, print, close.
//
// Commands that only read open the store for reading only: they change nothing, and need no write permission. They read
// unflushed data from the logs. `inspect` and `verify` do not open the store: they read its files.
#pragma once

#include <vector>

#include "core/cli/program.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

// The rows as commands of a program, whose values go to `raw`.
std::vector<cli::Command> commands(RawArguments& raw);
std::vector<cli::Group> groups();

}  // namespace mylonite::tool
