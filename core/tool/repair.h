// `mylonite repair`: Store::repair() and its report as lines.
#pragma once

#include <mylonite/status.h>

#include "core/cli/exit.h"
#include "core/tool/arguments.h"
#include "core/tool/store_directory.h"

namespace mylonite::tool {

// kFinding: something was lost, or a dry run found damage.
Result<cli::Exit> repair(const StoreDirectory& store, const Arguments& arguments);

}  // namespace mylonite::tool
