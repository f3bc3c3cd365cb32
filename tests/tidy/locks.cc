// The rule about locks: the compiler checks what is annotated, and is silent about what is not; this looks for that.
#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

constexpr std::string_view kReason = "unguarded: ";

bool has(std::string_view text, std::string_view token) { return !find_token(text, token).empty(); }

// Without what stands between `open` and `close`, both included.
std::string without(std::string_view text, char open, char close) {
  std::string out;
  int depth = 0;
  for (char c : text) {
    depth += c == open ? 1 : 0;
    if (depth == 0) out += c;
    depth -= c == close && depth > 0 ? 1 : 0;
  }
  return out;
}

// The declaration's type and name: without template arguments, initializers, annotations and their arguments.
std::string bare(std::string_view declaration) {
  std::string text = without(without(declaration, '<', '>'), '{', '}');
  text = text.substr(0, text.find('='));
  for (std::string_view macro : {"GUARDED_BY", "PT_GUARDED_BY", "ACQUIRED_AFTER", "alignas"}) {
    const std::vector<std::size_t> at = find_token(text, macro);
    if (at.empty()) continue;
    const std::size_t close = text.find(')', at.front());
    text.erase(at.front(), close == std::string::npos ? std::string::npos : close + 1 - at.front());
  }
  return text;
}

bool is_data(const std::string& declared) {
  constexpr std::array kOthers = {"using", "typedef", "friend", "static",  "enum",
                                  "class", "struct",  "union",  "template"};
  if (declared.find_first_of("()") != std::string::npos) return false;
  return std::ranges::none_of(kOthers, [&](std::string_view word) { return has(declared, word); });
}

bool is_mutex(const std::string& declared) {
  return is_data(declared) && (has(declared, "Mutex") || has(declared, "std::mutex")) &&
         declared.find_first_of("&*") == std::string::npos;
}

bool is_constant(const std::string& declared) {
  if (declared.find('*') == std::string::npos) return has(declared, "const");
  return declared.find("* const") != std::string::npos;
}

// Beside it, or in the comment right above it.
bool gives_reason(const Source& source, int first, int last) {
  const std::string comments = comments_only(source.text);
  const std::string code = code_only(source.text);
  const std::vector<std::string_view> comment_lines = lines_of(comments);
  const std::vector<std::string_view> code_lines = lines_of(code);
  const auto blank = [](std::string_view line) { return line.find_first_not_of(' ') == std::string_view::npos; };
  const auto line = [](int number) { return static_cast<std::size_t>(number - 1); };
  while (first > 1 && blank(code_lines[line(first - 1)]) && !blank(comment_lines[line(first - 1)])) --first;
  for (int number = first; number <= last; ++number) {
    const std::string_view comment = comment_lines[line(number)];
    const std::size_t at = comment.find(kReason);
    if (at != std::string_view::npos && !blank(comment.substr(at + kReason.size()))) return true;
  }
  return false;
}

}  // namespace

Violations check_locks(const Source& source) {
  const std::string code = code_only(source.text);
  const auto text_of = [&](const Class::Member& member) {
    return std::string_view(code).substr(member.begin, member.end - member.begin);
  };
  Violations found;
  for (const Class& each : classes_of(code)) {
    if (std::ranges::none_of(each.members, [&](const auto& member) { return is_mutex(bare(text_of(member))); }))
      continue;
    for (const Class::Member& member : each.members) {
      const std::string declared = bare(text_of(member));
      if (!is_data(declared) || is_mutex(declared) || has(declared, "CondVar")) continue;
      if (is_constant(declared) || declared.find('&') != std::string::npos || has(declared, "std::atomic")) continue;
      if (has(text_of(member), "GUARDED_BY")) continue;
      const int first = line_at(code, member.begin);
      if (gives_reason(source, first, line_at(code, member.end))) continue;
      found.push_back({.path = source.path,
                       .line = first,
                       .what = "beside a mutex, and neither const, atomic nor GUARDED_BY: say `// unguarded: why`"});
    }
  }
  const std::vector<std::string_view> code_lines = lines_of(code);
  const std::string comments = comments_only(source.text);
  const std::vector<std::string_view> comment_lines = lines_of(comments);
  for (std::size_t at : find_token(code, "rt::Unlocked")) {
    const auto line = static_cast<std::size_t>(line_at(code, at));
    if (line > 1 && comment_lines[line - 2].find_first_not_of(' ') != std::string_view::npos) continue;
    found.push_back({.path = source.path,
                     .line = static_cast<int>(line),
                     .what = "a lock is let go, and the line above does not say why that is safe"});
  }
  return found;
}

}  // namespace mylonite::tidy
