// The commands: open, call, print, close.
//
// Reading commands open the store as writers do: what a crash left is recovered first.
#pragma once

#include "core/base/status.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

Result<Exit> run_command(const Arguments& arguments);

}  // namespace mylonite::tool
