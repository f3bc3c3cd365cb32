#include "core/cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <string_view>

#include "core/base/invariant.h"
#include "core/base/release.h"
#include "core/cli/output.h"
#include "core/vfs/posix.h"

namespace mylonite::cli {
namespace {

struct CommandName {
  std::string_view group;  // "": none
  std::string_view own;
};

CommandName split(std::string_view name) {
  const std::size_t space = name.find(' ');
  if (space == std::string_view::npos) return {.group = "", .own = name};
  return {.group = name.substr(0, space), .own = name.substr(space + 1)};
}

// The rows that may follow `group`; for "" also the groups.
std::string names_in(const Program& program, std::string_view group) {
  std::string names;
  const auto add = [&](std::string_view name) { names += fmt::format("{}{}", names.empty() ? "" : ", ", name); };
  for (const Command& command : program.commands) {
    const CommandName name = split(command.name);
    if (name.group == group && !command.hidden) add(name.own);
  }
  if (group.empty()) {
    for (const Group& each : program.groups) add(each.name);
  }
  return names;
}

bool has_command(const Program& program, const CommandName& sought) {
  return std::ranges::any_of(program.commands, [&](const Command& command) {
    const CommandName name = split(command.name);
    return name.group == sought.group && name.own == sought.own;
  });
}

bool has_group(const Program& program, std::string_view sought) {
  return std::ranges::any_of(program.groups, [&](const Group& group) { return group.name == sought; });
}

Error mistake(std::string what) { return Error(Code::kInvalidArgument, std::move(what)); }

// The error for a missing or misspelt command lists the existing ones; the parser's own message does not.
std::optional<Error> refuse_unknown(const Program& program, int argc, const char* const* argv) {
  if (argc < 2) return mistake("expected a command: " + names_in(program, ""));
  const std::string_view first = argv[1];
  if (first.starts_with('-')) return std::nullopt;
  if (!has_group(program, first)) {
    if (has_command(program, {.group = "", .own = first})) return std::nullopt;
    return mistake(fmt::format("no command is named '{}'; there are: {}", first, names_in(program, "")));
  }
  const std::string_view second = argc > 2 ? argv[2] : "";
  if (second.starts_with('-') || has_command(program, {.group = first, .own = second})) return std::nullopt;
  return mistake(
      fmt::format("`{}{}{}`: expected one of {}", first, second.empty() ? "" : " ", second, names_in(program, first)));
}

// Makes the parser's option for a parameter, for every type of target.
class Declaration {
 public:
  Declaration(CLI::App& app, const Parameter& parameter) : app_(app), parameter_(parameter) {}

  CLI::Option* operator()(bool* to) const { return app_.add_flag(parameter_.name, *to, parameter_.meaning); }
  CLI::Option* operator()(const Switch& to) const {
    return app_.add_flag_callback(parameter_.name, [to] { *to.to = to.value; }, parameter_.meaning);
  }
  template <class T>
  CLI::Option* operator()(T* to) const {
    return app_.add_option(parameter_.name, *to, parameter_.meaning);
  }
  template <class T>
  CLI::Option* operator()(std::vector<T>* to) const {
    CLI::Option* const option = app_.add_option(parameter_.name, *to, parameter_.meaning);
    if (parameter_.repeats && !parameter_.name.starts_with('-'))
      return option->expected(1, CLI::detail::expected_max_vector_size);
    if (parameter_.repeats) return option->expected(1)->take_all()->allow_extra_args(false);
    return option->delimiter(',');
  }

 private:
  CLI::App& app_;
  const Parameter& parameter_;
};

bool takes_numbers(const Parameter& parameter) {
  return std::holds_alternative<std::uint64_t*>(parameter.to) ||
         std::holds_alternative<std::optional<std::uint64_t>*>(parameter.to) ||
         std::holds_alternative<std::vector<std::uint64_t>*>(parameter.to);
}

// The parser alone would wrap "-1", and clamp what is too large.
CLI::Validator whole_number(const std::optional<Range>& given) {
  const Range range = given.value_or(Range());
  const auto check = [range](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (whole && number >= range.low && number <= range.high) return "";
    return fmt::format("expected a whole number from {} to {}, found '{}'", range.low, range.high, text);
  };
  return {check, given ? fmt::format("UINT in [{} - {}]", range.low, range.high) : ""};
}

void declare(CLI::App& app, const Parameter& parameter) {
  CLI::Option& option = *std::visit(Declaration(app, parameter), parameter.to);
  if (parameter.required) option.required();
  if (parameter.has_default) option.capture_default_str();
  if (takes_numbers(parameter)) option.check(whole_number(parameter.range));
  if (!parameter.one_of.empty()) option.check(CLI::IsMember(parameter.one_of));
  if (!parameter.type.empty()) option.type_name(parameter.type);
  if (!parameter.excludes.empty()) option.excludes(app.get_option(parameter.excludes));
}

std::string help_footer(std::string_view example, std::string_view more) {
  return fmt::format("Example:\n  {}{}{}", example, more.empty() ? "" : "\n\n", more);
}

void add_command(CLI::App& parent, const Command& command, const Command*& asked_for) {
  CLI::App& app = *parent.add_subcommand(std::string(split(command.name).own), command.what);
  if (command.hidden) app.group("");
  for (const Parameter& parameter : command.parameters) declare(app, parameter);
  app.footer(help_footer(command.example, command.more));
  app.callback([&command, &asked_for, &app] {
    asked_for = &command;
    for (const Parameter& parameter : command.parameters) {
      const bool given = parameter.given != nullptr && app.get_option(parameter.name)->count() > 0;
      if (given) parameter.given->push_back(parameter.name);
    }
  });
}

void add_commands(CLI::App& app, const Program& program, const Command*& asked_for) {
  for (const Command& command : program.commands) {
    if (split(command.name).group.empty()) add_command(app, command, asked_for);
  }
  for (const Group& group : program.groups) {
    CLI::App* const parent = app.add_subcommand(group.name, group.what);
    parent->require_subcommand(1);
    for (const Command& command : program.commands) {
      if (split(command.name).group == group.name) add_command(*parent, command, asked_for);
    }
  }
}

Ending parse_and_run(const Program& program, int argc, const char* const* argv) {
  if (const auto refused = refuse_unknown(program, argc, argv)) return *refused;
  const std::string version = fmt::format("{} {}", program.name, kRelease);
  const Command* asked_for = nullptr;
  CLI::App app(program.what, program.name);
  app.require_subcommand(1);
  app.set_version_flag("--version", version);
  app.footer(help_footer(program.example, program.more));
  add_commands(app, program, asked_for);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help() + "\n");
  } catch (const CLI::CallForVersion&) {
    return print(version + "\n");
  } catch (const CLI::Error& error) {
    return mistake(error.what());
  }
  invariant(asked_for != nullptr, "what parses names a command");
  return asked_for->run();
}

std::string advice(const Program& program, const Error& error) {
  std::string known = program.next_step ? program.next_step(error) : std::string();
  if (!known.empty() || error.code() != Code::kInvalidArgument) return known;
  return fmt::format("`{0} --help` and `{0} COMMAND --help` show what is expected", program.name);
}

int die_of_closed_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  return static_cast<int>(Exit::kPipeClosed);  // if the signal is blocked
}

}  // namespace

int run_program(const Program& program, int argc, const char* const* argv) {
  vfs::occupy_closed_streams();
  std::signal(SIGPIPE, SIG_IGN);
  Ending ending = parse_and_run(program, argc, argv);
  // The output so far is flushed even after a failure; the first failure is the reported one.
  const Status flushed = flush();
  if (!flushed.ok() && !ending.why) ending = flushed.error();
  if (!ending.why) return static_cast<int>(ending.code);
  if (is_closed_pipe(*ending.why)) return die_of_closed_pipe();
  const std::string next = ending.next.empty() ? advice(program, *ending.why) : ending.next;
  print_error(fmt::format("{}: {}\n{}", program.name, ending.why->to_string(),
                          next.empty() ? "" : fmt::format("  {}\n", next)));
  return static_cast<int>(ending.code);
}

}  // namespace mylonite::cli
