// `mylonite explain get`: the steps of a read as text (the steps themselves: core/store/explain.h).
#pragma once

#include "core/base/status.h"
#include "core/store/store.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

// kAbsent when the key is not there, as of `get`.
Result<Exit> explain_get_command(Store& store, const Arguments& arguments);

}  // namespace mylonite::tool
