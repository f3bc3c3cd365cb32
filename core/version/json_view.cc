#include "core/version/json_view.h"

#include <algorithm>
#include <string>

namespace mylonite {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_mark(char c) { return c == '"' || c == '{' || c == '}' || c == '[' || c == ']'; }
bool is_word_part(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

// A place in the text. Each function advances behind what it read, and returns false if the text is something else.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() {
    skip_space();
    return rest_.empty();
  }
  bool take(char c) {
    skip_space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool value(JsonView& out) {
    skip_space();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '"': out.kind = JsonKind::kString; return string(out.text);
      case '{': out.kind = JsonKind::kObject; return nested(out.text);
      case '[': out.kind = JsonKind::kArray; return nested(out.text);
      default: return plain(out);
    }
  }
  bool string(std::string_view& out) {
    if (!take('"')) return false;
    std::size_t end = rest_.find('"');
    while (end != std::string_view::npos && is_escaped(end)) end = rest_.find('"', end + 1);
    if (end == std::string_view::npos) return false;
    out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  bool is_escaped(std::size_t quote) const {
    std::size_t backslashes = 0;
    while (backslashes < quote && rest_[quote - backslashes - 1] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  }
  bool nested(std::string_view& out) {
    const std::string_view start = rest_;
    std::string closers;
    do {
      const auto mark = std::ranges::find_if(rest_, is_mark);
      if (mark == rest_.end()) return false;
      rest_.remove_prefix(static_cast<std::size_t>(mark - rest_.begin()));
      std::string_view ignored;
      if (rest_.front() == '"') {
        if (!string(ignored)) return false;
        continue;
      }
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '{' || c == '[') {
        closers += c == '{' ? '}' : ']';
      } else if (closers.back() != c) {
        return false;
      } else {
        closers.pop_back();
      }
    } while (!closers.empty());
    out = start.substr(0, start.size() - rest_.size());
    return true;
  }
  bool plain(JsonView& out) {
    const auto end = std::ranges::find_if_not(rest_, is_word_part);
    out.text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.text.size());
    if (out.text.empty()) return false;
    const bool number = is_digit(out.text.front()) || out.text.front() == '-';
    out.kind = number ? JsonKind::kNumber : JsonKind::kWord;
    return number || out.text == "true" || out.text == "false" || out.text == "null";
  }

  std::string_view rest_;
};

// Takes the items between the brackets, one by one, with commas between them.
template <class Item>
bool split(const JsonView& whole, char opener, char closer, Item take_item) {
  Reader reader(whole.text);
  if (!reader.take(opener)) return false;
  if (reader.take(closer)) return reader.at_end();
  do {
    if (!take_item(reader)) return false;
  } while (reader.take(','));
  return reader.take(closer) && reader.at_end();
}

}  // namespace

std::optional<JsonView> json_value(std::string_view text) {
  Reader reader(text);
  JsonView view;
  if (!reader.value(view) || !reader.at_end()) return std::nullopt;
  return view;
}

std::optional<std::vector<JsonMember>> json_members(const JsonView& object) {
  std::vector<JsonMember> members;
  const bool good = object.kind == JsonKind::kObject && split(object, '{', '}', [&](Reader& reader) {
                      JsonMember& member = members.emplace_back();
                      return reader.string(member.name) && reader.take(':') && reader.value(member.value);
                    });
  if (!good) return std::nullopt;
  return members;
}

std::optional<std::vector<JsonView>> json_elements(const JsonView& array) {
  std::vector<JsonView> elements;
  const bool good = array.kind == JsonKind::kArray &&
                    split(array, '[', ']', [&](Reader& reader) { return reader.value(elements.emplace_back()); });
  if (!good) return std::nullopt;
  return elements;
}

}  // namespace mylonite
