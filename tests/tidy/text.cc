#include "tests/tidy/text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mylonite::tidy {
namespace {

enum class Kind : unsigned char { kCode, kComment, kLiteral };

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// 1'000: the quote stands inside a word that starts with a digit.
bool is_digit_separator(std::string_view text, std::size_t quote) {
  std::size_t start = quote;
  while (start > 0 && (is_word_character(text[start - 1]) || text[start - 1] == '\'')) --start;
  return start < quote && is_digit(text[start]);
}

// Just after the literal that opens at `quote`.
std::size_t end_of_literal(std::string_view text, std::size_t quote) {
  if (text[quote] == '"' && quote > 0 && text[quote - 1] == 'R') {
    const std::size_t open = std::min(text.find('(', quote), text.size());
    const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
    const std::size_t found = text.find(close, open);
    return found == std::string_view::npos ? text.size() : found + close.size();
  }
  std::size_t at = quote + 1;
  while (at < text.size() && text[at] != text[quote] && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

// The kind of every byte. A literal's quotes count as code, so that what stands between them can be blanked alone.
std::vector<Kind> kinds_of(std::string_view text) {
  std::vector<Kind> kinds(text.size(), Kind::kCode);
  const auto paint = [&](std::size_t from, std::size_t to, Kind kind) {
    for (std::size_t i = from; i < to; ++i) kinds[i] = kind;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    std::size_t end = at + 1;
    if (rest.starts_with("//")) {
      end = std::min(text.find('\n', at), text.size());
      paint(at, end, Kind::kComment);
    } else if (rest.starts_with("/*")) {
      const std::size_t close = text.find("*/", at + 2);
      end = close == std::string_view::npos ? text.size() : close + 2;
      paint(at, end, Kind::kComment);
    } else if (rest[0] == '"' || (rest[0] == '\'' && !is_digit_separator(text, at))) {
      end = end_of_literal(text, at);
      paint(at + 1, std::max(end - 1, at + 1), Kind::kLiteral);
    }
    at = end;
  }
  return kinds;
}

std::string keep(std::string_view text, Kind kept) {
  const std::vector<Kind> kinds = kinds_of(text);
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (kinds[i] != kept && out[i] != '\n') out[i] = ' ';
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// What a brace opens: a place where functions can be declared, a function's body, or something else (an initializer).
enum class Scope : unsigned char { kDeclarations, kFunction, kOther };

struct Open {
  Scope scope = Scope::kOther;
  std::size_t head = 0;  // where the text before the brace starts
  std::size_t brace = 0;
};

Scope scope_of(std::string_view head, Scope outer) {
  if (outer != Scope::kDeclarations) return Scope::kOther;
  // Parentheses tell `template <class T> void f() {` from `template <class T> class X {`; these two have their own.
  const bool parentheses = head.find_first_of("()") != std::string_view::npos && find_token(head, "alignas").empty() &&
                           find_token(head, "CAPABILITY").empty();
  if (parentheses) return Scope::kFunction;
  const bool declares = std::ranges::any_of(std::array{"namespace", "class", "struct", "union", "enum", "extern"},
                                            [&](const char* word) { return !find_token(head, word).empty(); });
  return declares ? Scope::kDeclarations : Scope::kOther;
}

bool starts_token(std::string_view token, char before) {
  if (token.starts_with("::")) return !is_word_character(before) && before != '>' && before != ':';
  return !is_word_character(token.front()) || !is_word_character(before);
}

bool opens_class(std::string_view head) {
  return scope_of(head, Scope::kDeclarations) == Scope::kDeclarations && find_token(head, "enum").empty() &&
         (!find_token(head, "class").empty() || !find_token(head, "struct").empty());
}

bool is_access_label(std::string_view code, std::size_t colon) {
  return std::ranges::any_of(std::array{"public", "protected", "private"},
                             [&](const char* word) { return code.substr(0, colon).ends_with(word); });
}

std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  return out.substr(0, 80);
}

}  // namespace

bool is_word_character(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string code_only(std::string_view text) { return keep(text, Kind::kCode); }

std::string comments_only(std::string_view text) { return keep(text, Kind::kComment); }

std::vector<std::string_view> lines_of(std::string_view text) { return split(text, '\n'); }

std::vector<std::string_view> words_of(std::string_view text) { return split(text, ' '); }

int line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, position), '\n'));
}

std::vector<std::size_t> find_token(std::string_view text, std::string_view token) {
  std::vector<std::size_t> found;
  for (std::size_t at = text.find(token); at != std::string_view::npos; at = text.find(token, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const std::size_t end = at + token.size();
    const char after = end == text.size() ? ' ' : text[end];
    const bool continued = is_word_character(token.back()) && is_word_character(after);
    if (!continued && starts_token(token, before)) found.push_back(at);
  }
  return found;
}

std::vector<Function> functions_of(std::string_view code) {
  std::vector<Function> functions;
  std::vector<Open> open;
  std::size_t head = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '#') {  // a directive is no part of any head
      at = std::min(code.find('\n', at), code.size());
      head = at;
    } else if (c == '{') {
      const Scope outer = open.empty() ? Scope::kDeclarations : open.back().scope;
      open.push_back({.scope = scope_of(code.substr(head, at - head), outer), .head = head, .brace = at});
      head = at + 1;
    } else if (c == '}' && !open.empty()) {
      const Open closed = open.back();
      open.pop_back();
      if (closed.scope == Scope::kFunction) {
        const std::size_t start = std::min(code.find_first_not_of(" \n\t", closed.head), closed.brace);
        const int first = line_at(code, start);
        functions.push_back({.line = first,
                             .lines = line_at(code, at) - first + 1,
                             .head = one_line(code.substr(start, closed.brace - start))});
      }
      head = at + 1;
    } else if (c == ';' || (c == ':' && is_access_label(code, at))) {
      head = at + 1;
    }
  }
  return functions;
}

std::vector<Class> classes_of(std::string_view code) {
  struct Open {
    bool is_class = false;
    bool initializes = false;  // a member: what is in braces belongs to its declaration
    Class found;
  };
  std::vector<Class> classes;
  std::vector<Open> open;
  std::size_t start = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    const bool in_class = !open.empty() && open.back().is_class;
    if (c == '#') {
      at = std::min(code.find('\n', at), code.size());
      start = at;
    } else if (c == '{') {
      const std::string_view head = code.substr(start, at - start);
      const bool is_class = opens_class(head);
      const bool initializes = in_class && !is_class && scope_of(head, Scope::kDeclarations) == Scope::kOther;
      open.push_back(
          {.is_class = is_class, .initializes = initializes, .found = {.head = one_line(head), .members = {}}});
      if (!initializes) start = at + 1;
    } else if (c == '}' && !open.empty()) {
      const Open closed = std::move(open.back());
      open.pop_back();
      if (closed.is_class) classes.push_back(closed.found);
      if (!closed.initializes) start = at + 1;
    } else if (c == ';' && (open.empty() || !open.back().initializes)) {
      const std::size_t first = std::min(code.find_first_not_of(" \n\t", start), at);
      if (in_class && first < at) open.back().found.members.push_back({.begin = first, .end = at});
      start = at + 1;
    } else if (c == ':' && is_access_label(code, at)) {
      start = at + 1;
    }
  }
  return classes;
}

}  // namespace mylonite::tidy
