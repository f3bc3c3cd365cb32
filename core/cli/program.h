// A program as a table of its commands, their parameters and functions. run_program does the rest, the same way for
// every program. It parses, prints help, refuses, runs, and reports on standard error what failed and what to do next.
// After `--json` that report is one JSON object: {"error":{"code","message","file","offset","next","exit"}}.
//
// Every program also has the commands `help`, `completions` and `man`, which are made from the same table.
//
// A command is a plain row. Its parameters point to their targets, which must outlive the run. A parameter without a
// value leaves its target unchanged. A name of two words ("inspect wal") is a command of a group.
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

// The result of a command: an exit code, and an error if there is more to report.
struct Ending {
  Ending(Exit exit) : code(exit) {}
  Ending(const Error& error) : Ending(error, exit_for(error.code())) {}
  Ending(const Error& error, Exit exit) : code(exit), why(error) {}
  Ending(const Status& status) : code(Exit::kDone) {
    if (!status.ok()) *this = Ending(status.error());
  }

  Exit code;
  std::optional<Error> why{};
  std::string next{};  // what the user can do about it; "": what Program::next_step knows
};

// A flag that sets a choice of two ("--liar", "--no-liar").
struct Switch {
  std::optional<bool>* to;
  bool value;
};

// Lists of texts and numbers are separated by commas; but a text that `repeats` is given once for each value. By its
// place that is one word after the other.
using Target = std::variant<bool*, Switch, std::string*, std::optional<std::string>*, std::uint64_t*,
                            std::optional<std::uint64_t>*, std::vector<std::string>*, std::vector<std::uint64_t>*>;

// Of whole numbers, in decimal digits.
struct Range {
  std::uint64_t low = 0;
  std::uint64_t high = std::numeric_limits<std::uint64_t>::max();
};

// A path, which cannot be empty, and what completions offer as a value, beside the words of the parameter.
enum class Offer : std::uint8_t { kNothing, kFiles, kDirectories };

struct Parameter {
  std::string name;  // "KEY": by its place; "--ops": by its name
  Target to;
  std::string meaning{};
  bool required = false;
  bool has_default = false;  // help shows what the target holds
  bool repeats = false;
  std::optional<Range> range{};       // of numbers; none: all of 64 bits
  std::vector<std::string> one_of{};  // of a text
  std::string type{};                 // the value's name in help, instead of TEXT or UINT
  std::string excludes{};             // a parameter of the command that is declared before this one
  std::vector<std::string>* given{};  // gets this parameter's name if the command line has it
  bool size = false;                  // numbers in bytes, which may have a unit: "64M" (core/base/sizes.h)
  bool hidden = false;                // accepted, but not in help: it has no effect on this command
  Offer offer = Offer::kNothing;
  std::vector<std::string> words{};  // values that completions offer; one that ends in '=' is to be continued
};

// A part of help that several commands share. The manual page has it once.
struct Section {
  std::string title;
  std::string text;
};

struct Command {
  std::string name;
  std::string what;  // one line
  std::string example;
  std::vector<Parameter> parameters;
  std::function<Ending()> run;
  std::string more{};               // help after the example
  bool hidden = false;              // not in help: for the program itself
  std::optional<Section> shared{};  // help before `more`
  bool of_every_program = false;    // as `help`: listed last
};

struct Group {
  std::string name;
  std::string what;
};

struct ExitMeaning {
  Exit code;
  std::string meaning;
};

struct Program {
  std::string name;
  std::string what;
  std::string example;
  std::string more{};  // help after the example
  std::vector<Group> groups{};
  std::vector<Command> commands;
  // What a user can do about an error; "": unknown. For mistakes on the command line, the program points to --help.
  std::function<std::string(const Error&)> next_step{};
  std::vector<ExitMeaning> exits{};     // in help of the program, and in its manual page
  std::vector<std::string> see_also{};  // other manual pages: "mylonite-sim"
};

// Runs the program and returns its exit code. If the reader of standard output is gone, the program dies of SIGPIPE,
// silently, once the command has ended.
int run_program(const Program& program, int argc, const char* const* argv);

}  // namespace mylonite::cli
