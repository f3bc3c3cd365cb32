// The rule about sentences: the comments of headers are read more often than written, so their sentences are short.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

constexpr int kWords = 25;

constexpr std::string_view kEnds = ".?!:;";

bool blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

// A comment's line: what stands behind its slashes.
struct Line {
  int number = 0;
  std::size_t column = 0;  // of the slashes
  bool alone = false;      // no code before it
  std::size_t indent = 0;  // of the text: 0 is prose, more is a list, a table or an example
  std::string_view text;
};

std::vector<Line> comment_lines(std::string_view comments, std::string_view code) {
  const std::vector<std::string_view> texts = lines_of(comments);
  const std::vector<std::string_view> codes = lines_of(code);
  std::vector<Line> found;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::size_t slashes = texts[i].find("//");
    if (slashes == std::string_view::npos) continue;
    std::string_view text = texts[i].substr(slashes + 2);
    if (text.starts_with(' ')) text.remove_prefix(1);
    const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
    found.push_back({.number = static_cast<int>(i) + 1,
                     .column = slashes,
                     .alone = blank(codes[i]),
                     .indent = indent,
                     .text = text.substr(indent)});
  }
  return found;
}

bool is_row(const Line& line) { return line.indent > 0 && line.text.find("  ") != std::string_view::npos; }

bool is_item(const Line& line) {
  return line.text.starts_with("- ") || line.text.starts_with("* ") ||
         (!line.text.empty() && std::isdigit(static_cast<unsigned char>(line.text[0])) != 0 &&
          line.text.substr(0, 4).find(". ") != std::string_view::npos);
}

bool is_drawn(const Line& line) {
  return line.text.find("---") != std::string_view::npos || line.text.find_first_of("|{}") != std::string_view::npos;
}

// Whether a sentence may run on from one line to the next: the same comment, and no item, row or list that starts here.
bool runs_on(const Line& line, const Line& next) {
  if (!next.alone || next.number != line.number + 1 || next.column != line.column) return false;
  return next.indent >= line.indent && !is_item(next) && !is_row(next) &&
         (next.indent == line.indent || line.indent > 0);
}

bool ends_sentence(std::string_view word) {
  while (word.ends_with(')') || word.ends_with('"') || word.ends_with('\'')) word.remove_suffix(1);
  return !word.empty() && kEnds.find(word.back()) != std::string_view::npos;
}

bool is_word(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

// Counts the words of the sentence that goes on, and notes it where it is too long.
class Counter {
 public:
  Counter(const Source& source, Violations& found) : source_(source), found_(found) {}

  void end() {
    if (words_ > kWords) {
      found_.push_back({.path = source_.path,
                        .line = first_,
                        .what = "a sentence of " + std::to_string(words_) + " words: " + opening_ + "..."});
    }
    words_ = 0;
    opening_.clear();
  }

  void read(const Line& line) {
    for (const std::string_view word : words_of(line.text)) {
      if (word.empty()) end();  // two spaces: the next cell of a row
      if (!is_word(word)) continue;
      if (words_++ == 0) first_ = line.number;
      if (words_ <= 6) opening_ += std::string(word) + " ";
      if (ends_sentence(word)) end();
    }
  }

 private:
  const Source& source_;
  Violations& found_;
  int words_ = 0;
  int first_ = 0;
  std::string opening_;
};

}  // namespace

Violations check_sentences(const Source& source) {
  Violations found;
  const bool product = std::ranges::any_of(words_of("core/ faultfs/ sim/ experiments/"),
                                           [&](std::string_view folder) { return source.path.starts_with(folder); });
  if (!product || !source.path.ends_with(".h")) return found;
  const std::string comments = comments_only(source.text);
  const std::string code = code_only(source.text);
  const std::vector<Line> lines = comment_lines(comments, code);
  Counter counter(source, found);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0 && !runs_on(lines[i - 1], lines[i])) counter.end();
    if (lines[i].text.empty() || is_drawn(lines[i])) {
      counter.end();
    } else {
      counter.read(lines[i]);
    }
  }
  counter.end();
  return found;
}

}  // namespace mylonite::tidy
