#include "core/cli/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/release.h"
#include "core/base/sizes.h"
#include "core/cli/table.h"

namespace mylonite::cli {
namespace {

// The character that begins at `at`, which moves behind it.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  char32_t character = more == 0 ? first : first & (0x3fU >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  }
  return character;
}

// Text as it stands, on a line of its own or behind other text.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_character(text, at);
    switch (character) {
      case U'\\': out += "\\e"; break;
      case U'-': out += "\\-"; break;
      case U'\'': out += "\\(aq"; break;
      case U'`': out += "\\(ga"; break;
      case U'"': out += "\\(dq"; break;
      case U'~': out += "\\(ti"; break;
      case U'^': out += "\\(ha"; break;
      default:
        out += character < 0x80 ? std::string(1, static_cast<char>(character))
                                : fmt::format("\\[u{:04X}]", static_cast<std::uint32_t>(character));
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Lines for a terminal: each stays a line, and what is indented deeply stays so.
std::string roff_lines(std::string_view text) {
  constexpr std::size_t kDeep = 4;
  std::string out;
  for (std::string_view line : lines_of(text)) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(indent);
    if (line.empty()) {
      out += ".PP\n";
    } else {
      out += indent > kDeep ? fmt::format(".RS 4\n{}\n.RE\n", roff(line)) : fmt::format(".br\n{}\n", roff(line));
    }
  }
  return out;
}

std::string example(std::string_view text) {
  std::string out = ".PP\nExample:\n.RS 4\n.nf\n";
  for (const std::string_view line : lines_of(text)) out += roff(line) + "\n";
  return out + ".fi\n.RE\n";
}

// What a target holds before the command line is read.
struct DefaultText {
  std::string operator()(const bool* /*to*/) const { return ""; }
  std::string operator()(const Switch& /*to*/) const { return ""; }
  std::string operator()(const std::string* to) const { return *to; }
  std::string operator()(const std::uint64_t* to) const { return fmt::format("{}", *to); }
  template <class T>
  std::string operator()(const std::optional<T>* to) const {
    return *to ? fmt::format("{}", **to) : "";
  }
  template <class T>
  std::string operator()(const std::vector<T>* to) const {
    return fmt::format("{}", fmt::join(*to, ","));
  }
};

std::string value_name(const Parameter& parameter) {
  if (is_flag(parameter)) return "";
  if (!parameter.type.empty()) return parameter.type;
  if (parameter.size) return "SIZE";
  const bool text = std::holds_alternative<std::string*>(parameter.to) ||
                    std::holds_alternative<std::optional<std::string>*>(parameter.to) ||
                    std::holds_alternative<std::vector<std::string>*>(parameter.to);
  return text ? "TEXT" : "NUMBER";
}

std::string parameter_text(const Parameter& parameter) {
  const bool by_name = parameter.name.starts_with('-');
  std::string head = fmt::format("\\f{}{}\\fR", by_name ? "B" : "I", roff(parameter.name));
  const std::string value = value_name(parameter);
  if (by_name && !value.empty()) head += fmt::format(" \\fI{}\\fR", roff(value));
  std::string text = parameter.meaning;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (!parameter.one_of.empty()) add(fmt::format("one of {}", fmt::join(parameter.one_of, ", ")));
  if (parameter.range) add(fmt::format("{} to {}", parameter.range->low, parameter.range->high));
  const std::string usual = parameter.has_default ? std::visit(DefaultText(), parameter.to) : "";
  if (!usual.empty()) add("default " + usual);
  if (!parameter.excludes.empty()) add("not with " + parameter.excludes);
  if (parameter.required && by_name) add("required");
  return fmt::format(".TP\n{}\n{}\n", head, text.empty() ? "\\&" : roff(text));
}

std::string command_text(const Program& program, const Command& command) {
  std::string synopsis = fmt::format("\\fB{} {}\\fR [\\fIOPTION\\fR]...", roff(program.name), roff(command.name));
  std::string parameters;
  for (const Parameter& parameter : command.parameters) {
    if (parameter.hidden) continue;
    parameters += parameter_text(parameter);
    if (parameter.name.starts_with('-')) continue;
    const std::string name = fmt::format("\\fI{}\\fR", roff(parameter.name));
    synopsis += " " + (parameter.required ? name : "[" + name + "]") + (parameter.repeats ? "..." : "");
  }
  std::string text =
      fmt::format(".SS {}\n{}\n.PP\n{}.\n{}", roff(command.name), synopsis, roff(command.what), parameters);
  text += example(command.example);
  if (command.shared) text += fmt::format(".PP\nSee also {}.\n", roff(upper(command.shared->title)));
  if (!command.more.empty()) text += ".PP\n" + roff_lines(command.more);
  return text;
}

// Behind "NAME: ", which the manual's line NAME has before it.
std::string_view purpose(const Program& program) {
  const std::string_view what = program.what;
  const std::size_t colon = what.find(": ");
  return colon == std::string_view::npos ? what : what.substr(colon + 2);
}

std::string shared_sections(const Program& program) {
  std::string text;
  std::vector<std::string> there;
  for (const Command& command : program.commands) {
    if (!command.shared || std::ranges::find(there, command.shared->title) != there.end()) continue;
    there.push_back(command.shared->title);
    text += fmt::format(".SH {}\n{}", roff(upper(command.shared->title)), roff_lines(command.shared->text));
  }
  return text;
}

}  // namespace

std::string manual_page(const Program& program) {
  const std::string name = roff(program.name);
  std::string text =
      fmt::format(".TH {} 1 \"\" \"mylonite {}\" \"Mylonite\"\n.nh\n.ad l\n", roff(upper(program.name)), kRelease);
  text += fmt::format(".SH NAME\n{} \\- {}\n", name, roff(purpose(program)));
  text += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n", name);
  if (!program.more.empty()) text += ".SH DESCRIPTION\n" + roff_lines(program.more);
  text += fmt::format(
      ".PP\nAn error is a line on standard error, and what can be done about it. After \\fB\\-\\-json\\fR it is a JSON "
      "object.\n.br\n\\fISIZE\\fR is a number of bytes, or one with {}.\n",
      roff(kSizeUnits));
  text += ".SH COMMANDS\n";
  for (const bool of_every_program : {false, true}) {
    for (const Command& command : program.commands) {
      if (command.hidden || command.of_every_program != of_every_program) continue;
      text += command_text(program, command);
    }
  }
  text += shared_sections(program);
  if (!program.exits.empty()) text += ".SH EXIT STATUS\n";
  for (const ExitMeaning& each : program.exits) {
    text += fmt::format(".TP\n{}\n{}\n", static_cast<int>(each.code), roff(each.meaning));
  }
  if (program.see_also.empty()) return text;
  text += ".SH SEE ALSO\n";
  for (std::size_t i = 0; i < program.see_also.size(); ++i) {
    text += fmt::format("\\fB{}\\fR(1){}\n", roff(program.see_also[i]), i + 1 < program.see_also.size() ? "," : "");
  }
  return text;
}

}  // namespace mylonite::cli
