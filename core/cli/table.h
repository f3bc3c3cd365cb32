// Questions about a program's table: names of commands, which of them follow a word, and what a wrong word meant.
// Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/program.h"

namespace mylonite::cli {

struct CommandName {
  std::string_view group;  // "": none
  std::string_view own;
};
CommandName split(std::string_view name);  // "inspect wal"; "get"

// The words that may follow `group` in help's order; for "" also the groups. They live as long as the table.
std::vector<std::string_view> words_after(const Program& program, std::string_view group);
bool has_group(const Program& program, std::string_view name);

// The command that the first words after the program's name are; null: none.
const Command* command_of(const Program& program, const std::vector<std::string>& words);

// The error for a missing or misspelt command has the nearest name, or all of them. `words` begin with the program's.
std::optional<Error> refuse_unknown_command(const Program& program, const std::vector<std::string>& words);

// Likewise for the first of `unknown` that looks like a long option and stands before "--".
std::optional<Error> refuse_unknown_option(const Program& program, const std::vector<std::string>& words,
                                           const std::vector<std::string>& unknown);

bool is_flag(const Parameter& parameter);  // without a value

}  // namespace mylonite::cli
