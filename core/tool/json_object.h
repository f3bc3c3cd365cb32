// One JSON object a line, built member by member in the order they are added: whole numbers exact, bytes as text where
// they are UTF-8 and else as `NAME_hex`. Thread-safety: one thread an object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/tool/output.h"

namespace mylonite::tool {

class JsonObject {
 public:
  JsonObject& number(std::string_view name, std::uint64_t value);
  JsonObject& signed_number(std::string_view name, std::int64_t value);
  JsonObject& flag(std::string_view name, bool value);
  JsonObject& text(std::string_view name, std::string_view value);  // what is not UTF-8 is replaced
  JsonObject& bytes(std::string_view name, std::string_view value, const Form& form);
  JsonObject& raw(std::string_view name, std::string_view json);  // a value that is JSON already

  std::string object() const { return "{" + members_ + "}"; }
  std::string line() const { return object() + "\n"; }

 private:
  void add(std::string_view member);

  std::string members_;
};

// Values joined to an array.
class JsonArray {
 public:
  void add(std::string_view json);
  std::string array() const { return "[" + values_ + "]"; }

 private:
  std::string values_;
};

}  // namespace mylonite::tool
