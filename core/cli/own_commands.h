// The commands that every program has: help, completions, man. They print what the table says. Thread-safety: one
// thread.
#pragma once

#include <string>
#include <vector>

#include "core/cli/program.h"

namespace mylonite::cli {

struct OwnArguments {
  std::vector<std::string> command{};  // of help
  std::string shell{};                 // of completions
};

// The table with them added. They refer to `whole`, the place of the result, and to the arguments.
void add_own_commands(Program& whole, OwnArguments& arguments);

// `PROGRAM help COMMAND…` as the words of `PROGRAM COMMAND… --help`; other words unchanged.
std::vector<std::string> help_as_option(std::vector<std::string> words);

}  // namespace mylonite::cli
