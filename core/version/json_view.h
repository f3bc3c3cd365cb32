// Reads JSON in place: one level of an object or array at a time, as borrowed pieces of the text, without copies. For
// the plain records that are read at every open.
//
// Escapes in strings are not decoded: a reader whose values hold none refuses a backslash as a wrong value. Splitting
// checks the grammar of its level. A value that is not split only needs balanced brackets and quotes.
// Thread-safety: pure functions; views live as long as their text. Complexity: linear in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mylonite {

enum class JsonKind : std::uint8_t { kString, kNumber, kWord, kArray, kObject };  // words: true, false, null

struct JsonView {
  JsonKind kind = JsonKind::kWord;
  std::string_view text;  // a string's text between its quotes, otherwise the whole value
};

struct JsonMember {
  std::string_view name;
  JsonView value;
};

// Empty: the text is not one value, is not of that kind, or is not well formed.
std::optional<JsonView> json_value(std::string_view text);
std::optional<std::vector<JsonMember>> json_members(const JsonView& object);
std::optional<std::vector<JsonView>> json_elements(const JsonView& array);

}  // namespace mylonite
