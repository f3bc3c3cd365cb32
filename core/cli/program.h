// A program as a table: its commands, what each takes, and what it runs. run_program does the rest, the same way for
// every program: it parses, helps, refuses, runs, and says on standard error what went wrong and what to do next.
//
// A command is a plain row. Its parameters point to where their values go, which must outlive the run; a value that is
// not given leaves its target as it is. Names of two words ("inspect wal") are commands of a group.
// Thread-safety: values; run_program is for a program's main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <mylonite/status.h>

#include "core/cli/exit.h"

namespace mylonite::cli {

// How a command ended: with a code, and with an error where there is more to say.
struct Ending {
  Ending(Exit exit) : code(exit) {}
  Ending(const Error& error) : Ending(error, exit_for(error.code())) {}
  Ending(const Error& error, Exit exit) : code(exit), why(error) {}
  Ending(const Status& status) : code(Exit::kDone) {
    if (!status.ok()) *this = Ending(status.error());
  }

  Exit code;
  std::optional<Error> why{};
};

// A flag that sets a choice of two ("--liar", "--no-liar").
struct Switch {
  std::optional<bool>* to;
  bool value;
};

// Lists of texts and numbers are separated by commas; but a text that `repeats` is given once for each value.
using Target = std::variant<bool*, Switch, std::string*, std::optional<std::string>*, std::uint64_t*,
                            std::optional<std::uint64_t>*, std::vector<std::string>*, std::vector<std::uint64_t>*>;

struct Range {
  std::uint64_t low = 0;
  std::uint64_t high = std::numeric_limits<std::uint64_t>::max();
};

struct Parameter {
  std::string name;  // "KEY": by its place; "--ops": by its name
  Target to;
  std::string meaning{};
  bool required = false;
  bool has_default = false;  // help shows what the target holds
  bool repeats = false;
  std::optional<Range> range{};       // of numbers
  std::vector<std::string> one_of{};  // of a text
  std::string type{};                 // what help shows for the value, where TEXT or UINT say too little
  std::string excludes{};             // another parameter of the command, which stands before this one
};

struct Command {
  std::string name;
  std::string what;  // one line
  std::string example;
  std::vector<Parameter> parameters;
  std::function<Ending()> run;
  std::string more{};   // help behind the example
  bool hidden = false;  // from help: for the program itself
};

struct Group {
  std::string name;
  std::string what;
};

struct Program {
  std::string name;
  std::string what;
  std::string example;
  std::string more{};  // help behind the example
  std::vector<Group> groups{};
  std::vector<Command> commands;
  // What a user can do about an error; "": nothing is known. Mistakes on the command line are pointed to --help.
  std::function<std::string(const Error&)> next_step{};
};

// The whole program: returns its exit code. Where nobody reads standard output any more, the program dies of SIGPIPE,
// silently, once the command has ended.
int run_program(const Program& program, int argc, const char* const* argv);

}  // namespace mylonite::cli
