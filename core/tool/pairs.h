// A key and its value as a line of output. Pure functions.
#pragma once

#include <string>

#include <mylonite/iterator.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>

#include "core/cli/output.h"
#include "core/tool/arguments.h"

namespace mylonite::tool {

// The key of the command line with a value; null: none.
std::string json_line(const Arguments& arguments, const std::string* value, Timestamp at);
// The cursor's pair. kInvalidArgument where a line of text cannot hold it.
Result<std::string> pair_line(const Iterator& pair, const cli::Form& form);

}  // namespace mylonite::tool
