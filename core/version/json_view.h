// JSON read in place: one level of an object or array at a time, as borrowed pieces of the text, nothing copied or
// built. For records that are read at every open; what they hold is plain.
//
// Escapes in strings are kept as they stand: a reader whose values hold none takes a backslash for a wrong value. The
// grammar is checked level by level as it is split; a value nobody splits only has to have its brackets and quotes
// even. Thread-safety: pure functions; views live as long as their text. Complexity: linear in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mylonite {

enum class JsonKind : std::uint8_t { kString, kNumber, kWord, kArray, kObject };  // words: true, false, null

struct JsonView {
  JsonKind kind = JsonKind::kWord;
  std::string_view text;  // of a string what stands between its quotes, otherwise all of the value
};

struct JsonMember {
  std::string_view name;
  JsonView value;
};

// Empty: the text is not one value, the value not one of that kind, or not well formed.
std::optional<JsonView> json_value(std::string_view text);
std::optional<std::vector<JsonMember>> json_members(const JsonView& object);
std::optional<std::vector<JsonView>> json_elements(const JsonView& array);

}  // namespace mylonite
