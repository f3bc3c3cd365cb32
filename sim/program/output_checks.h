// Checks of the files that a command is to write, before it does any work.
#pragma once

#include <optional>
#include <vector>

#include "core/cli/files.h"
#include "core/cli/program.h"

namespace mylonite::sim {

// Refused: two files in one place, a file that is read as well (kUsage), a place where none can be made (kEnvironment).
// Files whose path is empty are not asked for.
std::optional<cli::Ending> refuse_outputs(std::vector<cli::GivenPath> written,
                                          const std::vector<cli::GivenPath>& read = {});

}  // namespace mylonite::sim
