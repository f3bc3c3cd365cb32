// Writes JSON as text, member by member, in the order of the calls. It is the project's only way to write JSON.
//
// Whole numbers are exact. Real numbers are the shortest text that reads back the same; those that are not finite are
// null. Text is UTF-8; other bytes become U+FFFD. An object is one line without spaces; `indented` lays it out for
// people. Names must need no escapes; duplicates are not detected. Reading is elsewhere (core/version/json_view.h).
// Thread-safety: one thread an object; functions are pure. Complexity: linear in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mylonite {

std::string json_text(std::string_view text);  // with its quotes
std::string json_real(double value);

class JsonObject {
 public:
  JsonObject& number(std::string_view name, std::uint64_t value);
  JsonObject& signed_number(std::string_view name, std::int64_t value);
  JsonObject& number_text(std::string_view name, std::uint64_t value);  // as a string of decimal digits
  JsonObject& real(std::string_view name, double value);
  JsonObject& flag(std::string_view name, bool value);
  JsonObject& text(std::string_view name, std::string_view value);
  // `"name":"text"`, or `"name_hex":"6b"` if `hex` is set or the bytes are not UTF-8.
  JsonObject& bytes(std::string_view name, std::string_view value, bool hex);
  JsonObject& raw(std::string_view name, std::string_view json);  // a value that is JSON already

  std::string object() const { return text_ + "}"; }
  std::string line() const { return text_ + "}\n"; }

 private:
  void name(std::string_view name);

  std::string text_ = "{";
};

// Values joined to an array.
class JsonArray {
 public:
  JsonArray& add(std::string_view json);  // a value that is JSON already
  JsonArray& number(std::uint64_t value);
  JsonArray& signed_number(std::int64_t value);
  JsonArray& number_text(std::uint64_t value);
  JsonArray& real(double value);
  JsonArray& text(std::string_view value);
  std::string array() const { return text_ + "]"; }

 private:
  std::string text_ = "[";
};

// The same value with a line for each member, each level `by` spaces further in, and a newline at the end. The text
// must be JSON.
std::string indented(std::string_view json, int by);

}  // namespace mylonite
