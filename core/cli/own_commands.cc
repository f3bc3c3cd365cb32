#include "core/cli/own_commands.h"

#include "core/cli/completions.h"
#include "core/cli/manual.h"
#include "core/cli/output.h"

namespace mylonite::cli {

void add_own_commands(Program& whole, OwnArguments& arguments) {
  const std::string& name = whole.name;
  whole.commands.push_back({.name = "help",
                            .what = "Explain the program, or a command",
                            .example = name + " help " + whole.commands.front().name,
                            .parameters = {{.name = "COMMAND", .to = &arguments.command, .repeats = true}},
                            .run = [] { return Exit::kDone; },  // help_as_option makes another command of it
                            .of_every_program = true});
  whole.commands.push_back(
      {.name = "completions",
       .what = "Print a script that completes commands, options and values in a shell",
       .example = "source <(" + name + " completions bash)",
       .parameters = {{.name = "SHELL", .to = &arguments.shell, .required = true, .one_of = {"bash"}}},
       .run = [&whole] { return Ending(print(bash_completions(whole))); },
       .of_every_program = true});
  whole.commands.push_back({.name = "man",
                            .what = "Print the manual page",
                            .example = name + " man | man -l -",
                            .parameters = {},
                            .run = [&whole] { return Ending(print(manual_page(whole))); },
                            .of_every_program = true});
}

std::vector<std::string> help_as_option(std::vector<std::string> words) {
  if (words.size() < 2 || words[1] != "help") return words;
  if (words.size() > 2 && words[2].starts_with('-')) return words;
  words.erase(words.begin() + 1);
  words.emplace_back("--help");
  return words;
}

}  // namespace mylonite::cli
