// The commands: open, call, print, close.
//
// Commands that only read open the store for reading only: they change nothing, and need no right to. What a crash left
// in the logs is read from there. `inspect` and `verify` do not even open it: they read its files.
#pragma once

#include "core/base/status.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

Result<Exit> run_command(const Arguments& arguments);

}  // namespace mylonite::tool
