#include "core/cli/table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"

namespace mylonite::cli {
namespace {

Error mistake(std::string what) { return Error(Code::kInvalidArgument, std::move(what)); }

std::string list_of(const std::vector<std::string_view>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

bool is_there(const Program& program, std::string_view group, std::string_view own) {
  return std::ranges::any_of(program.commands, [&](const Command& command) {
    const CommandName name = split(command.name);
    return name.group == group && name.own == own;
  });
}

// The first of several words of a name, with its group: "tree" is "inspect tree".
std::string_view in_a_group(const Program& program, std::string_view word) {
  const auto found = std::ranges::find_if(program.commands, [&](const Command& command) {
    const CommandName name = split(command.name);
    return !name.group.empty() && !command.hidden && name.own == word;
  });
  return found == program.commands.end() ? std::string_view() : std::string_view(found->name);
}

Error unknown_command(const Program& program, std::string_view word) {
  const std::vector<std::string_view> names = words_after(program, "");
  const std::string_view longer = in_a_group(program, word);
  if (nearest_name(word, names).empty() && !longer.empty()) {
    return mistake(fmt::format("no command is named '{}'; did you mean '{}'?", word, longer));
  }
  return unknown_name("command", word, names);
}

// Of a word as it was given, without its value: "--sead=5" names "--sead".
std::string option_name(std::string_view word) { return std::string(word.substr(0, word.find('='))); }

std::vector<std::string> option_names(const Command* command) {
  std::vector<std::string> names = {"--help"};
  if (command == nullptr) names.emplace_back("--version");
  if (command == nullptr) return names;
  for (const Parameter& parameter : command->parameters) {
    if (parameter.name.starts_with("--") && !parameter.hidden) names.push_back(parameter.name);
  }
  return names;
}

}  // namespace

CommandName split(std::string_view name) {
  const std::size_t space = name.find(' ');
  if (space == std::string_view::npos) return {.group = "", .own = name};
  return {.group = name.substr(0, space), .own = name.substr(space + 1)};
}

std::vector<std::string_view> words_after(const Program& program, std::string_view group) {
  std::vector<std::string_view> names;
  const auto add = [&](bool of_every_program) {
    for (const Command& command : program.commands) {
      const CommandName name = split(command.name);
      if (name.group != group || command.hidden || command.of_every_program != of_every_program) continue;
      names.push_back(name.own);
    }
  };
  add(false);
  if (group.empty()) {
    for (const Group& each : program.groups) names.push_back(each.name);
  }
  add(true);
  return names;
}

bool has_group(const Program& program, std::string_view name) {
  return std::ranges::find(program.groups, name, &Group::name) != program.groups.end();
}

const Command* command_of(const Program& program, const std::vector<std::string>& words) {
  if (words.size() < 2) return nullptr;
  const std::string two = words.size() > 2 ? words[1] + " " + words[2] : "";
  const auto found = std::ranges::find_if(
      program.commands, [&](const Command& command) { return command.name == words[1] || command.name == two; });
  return found == program.commands.end() ? nullptr : &*found;
}

std::optional<Error> refuse_unknown_command(const Program& program, const std::vector<std::string>& words) {
  if (words.size() < 2) return mistake("expected a command: " + list_of(words_after(program, "")));
  const std::string& first = words[1];
  if (first.starts_with('-')) return std::nullopt;
  if (!has_group(program, first)) {
    if (is_there(program, "", first)) return std::nullopt;
    return unknown_command(program, first);
  }
  const std::string_view second = words.size() > 2 ? std::string_view(words[2]) : "";
  if (second.starts_with('-') || is_there(program, first, second)) return std::nullopt;
  const std::vector<std::string_view> names = words_after(program, first);
  const std::string near = nearest_name(second, names);
  if (!second.empty() && !near.empty()) {
    return mistake(fmt::format("no command is named '{0} {1}'; did you mean '{0} {2}'?", first, second, near));
  }
  return mistake(fmt::format("`{}{}{}`: expected one of {}", first, second.empty() ? "" : " ", second, list_of(names)));
}

std::optional<Error> refuse_unknown_option(const Program& program, const std::vector<std::string>& words,
                                           const std::vector<std::string>& unknown) {
  const auto end = std::ranges::find(words, "--");
  const auto wrong = std::ranges::find_if(unknown, [&](const std::string& word) {
    return word.starts_with("--") && word.size() > 2 && std::find(words.begin(), end, word) != end;
  });
  if (wrong == unknown.end()) return std::nullopt;
  const Command* const command = command_of(program, words);
  const std::string name = option_name(*wrong);
  const std::vector<std::string> names = option_names(command);
  std::vector<std::string_view> bare;  // without the dashes, which are alike in all
  for (const std::string& each : names) bare.push_back(std::string_view(each).substr(2));
  const std::string near = nearest_name(std::string_view(name).substr(2), bare);
  const std::string whose = program.name + (command == nullptr ? "" : " " + command->name);
  if (!near.empty()) return mistake(fmt::format("`{}` has no option {}; did you mean --{}?", whose, name, near));
  return mistake(fmt::format("`{}` has no option {}; it has {}", whose, name, fmt::join(names, ", ")));
}

bool is_flag(const Parameter& parameter) {
  return std::holds_alternative<bool*>(parameter.to) || std::holds_alternative<Switch>(parameter.to);
}

}  // namespace mylonite::cli
