#include "core/cli/completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/table.h"

namespace mylonite::cli {
namespace {

std::string quoted(std::string_view text) { return fmt::format("'{}'", text); }

std::string joined(const std::vector<std::string_view>& words) { return fmt::format("{}", fmt::join(words, " ")); }

// What the script offers for a value: words, or a kind of path.
std::string offered(const Parameter& parameter) {
  if (parameter.offer == Offer::kDirectories) return "@directories";
  if (parameter.offer == Offer::kFiles) return "@files";
  return fmt::format("{}", fmt::join(parameter.one_of.empty() ? parameter.words : parameter.one_of, " "));
}

// Two cases of the script for a command: its words, and the values of its options.
struct Cases {
  std::string commands;
  std::string values;
};

void add_cases(const Command& command, Cases& cases) {
  std::string options;
  std::string valued = " ";
  std::string places;
  std::string rest = "''";
  for (const Parameter& parameter : command.parameters) {
    if (parameter.hidden) continue;
    const std::string values = offered(parameter);
    if (!parameter.name.starts_with('-')) {
      (parameter.repeats ? rest : places) += parameter.repeats ? "" : quoted(values) + " ";
      if (parameter.repeats) rest = quoted(values);
      continue;
    }
    options += parameter.name + " ";
    if (is_flag(parameter)) continue;
    valued += parameter.name + " ";
    if (values.empty()) continue;
    cases.values += fmt::format("      '{} {}') offer={} ;;\n", command.name, parameter.name, quoted(values));
  }
  cases.commands += fmt::format("    '{}') options='{}--help' valued='{}' places=({}) rest={} ;;\n", command.name,
                                options, valued, places, rest);
}

// The function's text behind what differs between programs. bash parts words at '=' and ':', so the value of
// `--set NAME=` has words of its own.
constexpr std::string_view kWalk = R"(  for ((; i < COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if [[ $word == [=:] ]]; then
      ((++i))
    elif [[ $plain != 1 && $word == -- ]]; then
      plain=1
    elif [[ $plain != 1 && $word == -* ]]; then
      if [[ $valued == *" $word "* && ${COMP_WORDS[i + 1]-} != "=" ]]; then ((++i)); fi
    else
      ((++place))
    fi
  done
  if [[ $current == : || $before == : ]]; then return; fi
  if [[ $current == "=" ]]; then
    current=
  elif [[ $before == "=" ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
    if [[ $before != -* ]]; then return; fi
  fi
  if [[ $plain != 1 && $valued == *" $before "* ]]; then
    case "$command $before" in
)";
constexpr std::string_view kOffer = R"(    esac
  elif [[ $plain != 1 && $current == -* ]]; then
    offer=$options
  elif ((place < ${#places[@]})); then
    offer=${places[place]}
  else
    offer=$rest
  fi
)";
constexpr std::string_view kAnswer = R"(  case "$offer" in
    @directories)
      compopt -o filenames 2>/dev/null || true
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    @files)
      compopt -o filenames 2>/dev/null || true
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$current")
      if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null || true; fi
      ;;
  esac
}
)";

// The part that finds the command. It has two words if the first one is a group.
std::string find_command(const Program& program) {
  std::string groups;
  std::string names;
  for (const Group& group : program.groups) {
    groups += fmt::format("    {}) offer='{}' ;;\n", group.name, joined(words_after(program, group.name)));
    names += (names.empty() ? "" : "|") + group.name;
  }
  std::string text = fmt::format(R"(  if [[ ${{COMP_WORDS[1]-}} == help ]]; then at=2; fi
  if ((COMP_CWORD == at)); then
    offer='{}'
    if [[ $at == 1 && $current == -* ]]; then offer='--help --version'; fi
  fi
)",
                                 joined(words_after(program, "")));
  if (!groups.empty()) {
    text += fmt::format(R"(  if ((COMP_CWORD == at + 1)); then
    case "${{COMP_WORDS[at]}}" in
{}    esac
  fi
  case "$command" in {}) command+=" ${{COMP_WORDS[2]-}}" i=3 ;; esac
)",
                        groups, names);
  }
  return text;
}

}  // namespace

std::string bash_completions(const Program& program) {
  std::string function = "_" + program.name;
  std::ranges::replace_if(function, [](char c) { return c == '-' || c == '.'; }, '_');
  Cases cases;
  for (const Command& command : program.commands) {
    if (!command.hidden && command.name != "help") add_cases(command, cases);
  }
  std::string text =
      fmt::format("# Completions of {0} for bash, as `{0} completions bash` prints them.\n", program.name);
  text += function + R"(() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-}
  local word='' offer='' options='' valued='' rest='' plain=0 place=0 at=1 i=2
  local -a places=()
  COMPREPLY=()
)";
  text += find_command(program);
  text += "  if [[ -z $offer && $at == 1 ]]; then\n    case \"$command\" in\n";
  text += cases.commands + "    *) return ;;\n    esac\n" + std::string(kWalk) + cases.values + std::string(kOffer);
  text += "  fi\n" + std::string(kAnswer);
  return text + fmt::format("complete -F {} {}\n", function, program.name);
}

}  // namespace mylonite::cli
