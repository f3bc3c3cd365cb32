#include "core/cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <string_view>

#include "core/base/invariant.h"
#include "core/base/json.h"
#include "core/base/release.h"
#include "core/base/sizes.h"
#include "core/cli/output.h"
#include "core/cli/own_commands.h"
#include "core/cli/table.h"
#include "core/vfs/posix.h"

namespace mylonite::cli {
namespace {

Error mistake(std::string what) { return Error(Code::kInvalidArgument, std::move(what)); }

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

// "64M" becomes digits, which are checked as those of any number.
CLI::Validator size_as_digits() {
  const auto change = [](std::string& text) -> std::string {
    const auto size = parse_size(text);
    if (!size.ok()) return fmt::format("{}, found '{}'", size.error().message(), text);
    text = fmt::format("{}", *size);
    return "";
  };
  return {change, ""};
}

CLI::Validator path_that_is_named() {
  return {[](const std::string& path) { return path.empty() ? "expected a path, found an empty text" : ""; }, ""};
}

void declare(CLI::App& app, const Parameter& parameter) {
  CLI::Option& option = *std::visit(Declaration(app, parameter), parameter.to);
  if (parameter.required) option.required();
  if (parameter.has_default) option.capture_default_str();
  if (takes_numbers(parameter)) option.check(whole_number(parameter.range));
  if (parameter.size) option.transform(size_as_digits())->type_name("SIZE");
  if (parameter.offer != Offer::kNothing) option.check(path_that_is_named());
  if (parameter.offer != Offer::kNothing && parameter.name.starts_with('-')) {
    option.type_name(parameter.offer == Offer::kFiles ? "FILE" : "DIRECTORY");
  }
  if (parameter.hidden) option.group("");
  if (!parameter.one_of.empty()) option.check(CLI::IsMember(parameter.one_of));
  if (!parameter.type.empty()) option.type_name(parameter.type);
  if (!parameter.excludes.empty()) option.excludes(app.get_option(parameter.excludes));
}

std::string help_footer(std::string_view example, const std::vector<std::string>& parts) {
  std::string text = fmt::format("Example:\n  {}", example);
  for (const std::string& part : parts) text += part.empty() ? "" : "\n\n" + part;
  return text;
}

std::string command_footer(const Command& command) {
  const bool sizes = std::ranges::any_of(command.parameters, &Parameter::size);
  return help_footer(
      command.example,
      {sizes ? fmt::format("SIZE: bytes, or a number with {}.", kSizeUnits) : "",
       command.shared ? fmt::format("{}:\n{}", command.shared->title, command.shared->text) : "", command.more});
}

std::string program_footer(const Program& program) {
  std::string exits;
  for (const ExitMeaning& each : program.exits) {
    exits += fmt::format("\n  {:<4} {}", static_cast<int>(each.code), each.meaning);
  }
  return help_footer(program.example, {exits.empty() ? "" : "Exit codes:" + exits, program.more});
}

void add_command(CLI::App& parent, const Command& command, const Command*& asked_for) {
  CLI::App& app = *parent.add_subcommand(std::string(split(command.name).own), command.what);
  if (command.hidden) app.group("");
  for (const Parameter& parameter : command.parameters) declare(app, parameter);
  app.footer(command_footer(command));
  app.callback([&command, &asked_for, &app] {
    asked_for = &command;
    for (const Parameter& parameter : command.parameters) {
      const bool given = parameter.given != nullptr && app.get_option(parameter.name)->count() > 0;
      if (given) parameter.given->push_back(parameter.name);
    }
  });
}

void add_commands(CLI::App& app, const Program& program, const Command*& asked_for) {
  const auto add = [&](CLI::App& parent, std::string_view group, bool of_every_program) {
    for (const Command& command : program.commands) {
      if (split(command.name).group != group || command.of_every_program != of_every_program) continue;
      add_command(parent, command, asked_for);
    }
  };
  add(app, "", false);
  for (const Group& group : program.groups) {
    CLI::App* const parent = app.add_subcommand(group.name, group.what);
    parent->require_subcommand(1);
    add(*parent, group.name, false);
  }
  add(app, "", true);
}

Ending parse_and_run(const Program& program, const std::vector<std::string>& words) {
  if (const auto refused = refuse_unknown_command(program, words)) return *refused;
  const std::string version = fmt::format("{} {}", program.name, kRelease);
  const Command* asked_for = nullptr;
  CLI::App app(program.what, program.name);
  app.require_subcommand(1);
  app.set_version_flag("--version", version);
  app.footer(program_footer(program));
  add_commands(app, program, asked_for);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));
  } catch (const CLI::CallForHelp&) {
    return print(app.help() + "\n");
  } catch (const CLI::CallForVersion&) {
    return print(version + "\n");
  } catch (const CLI::Error& error) {
    if (const auto refused = refuse_unknown_option(program, words, app.remaining(true))) return *refused;
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

bool asks_for_json(const std::vector<std::string>& words) {
  const auto end = std::ranges::find(words, "--");
  return std::find(words.begin(), end, "--json") != end;
}

std::string error_json(const Error& error, const std::string& next, Exit exit) {
  JsonObject object;
  object.text("code", code_name(error.code())).text("message", error.message());
  if (!error.file().empty()) object.text("file", error.file());
  if (error.offset()) object.number("offset", *error.offset());
  if (!next.empty()) object.text("next", next);
  object.number("exit", static_cast<std::uint64_t>(exit));
  return JsonObject().raw("error", object.object()).line();
}

std::string error_text(const std::string& program, const Error& error, const std::string& next) {
  return fmt::format("{}: {}\n{}", program, error.to_string(), next.empty() ? "" : fmt::format("  {}\n", next));
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
  Program whole = program;
  OwnArguments own;
  add_own_commands(whole, own);
  const std::vector<std::string> words = help_as_option({argv, argv + argc});
  Ending ending = parse_and_run(whole, words);
  // The output so far is flushed even after a failure; the first failure is the reported one.
  const Status flushed = flush();
  if (!flushed.ok() && !ending.why) ending = flushed.error();
  if (!ending.why) return static_cast<int>(ending.code);
  if (is_closed_pipe(*ending.why)) return die_of_closed_pipe();
  const std::string next = ending.next.empty() ? advice(whole, *ending.why) : ending.next;
  print_error(asks_for_json(words) ? error_json(*ending.why, next, ending.code)
                                   : error_text(whole.name, *ending.why, next));
  return static_cast<int>(ending.code);
}

}  // namespace mylonite::cli
