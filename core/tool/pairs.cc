#include "core/tool/pairs.h"

#include <string_view>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/tool/text.h"

namespace mylonite::tool {
namespace {

// `load` takes a line apart at its first tab.
bool fits_a_line(std::string_view key, std::string_view value) {
  return key.find_first_of("\t\n") == std::string_view::npos && value.find('\n') == std::string_view::npos;
}

}  // namespace

std::string json_line(const Arguments& arguments, const std::string* value, Timestamp at) {
  JsonObject object;
  object.bytes("key", arguments.key, arguments.form.hex);
  if (value == nullptr) {
    object.raw("value", "null");
  } else {
    object.bytes("value", *value, arguments.form.hex);
  }
  return object.number("stamp", at.ticks).line();
}

Result<std::string> pair_line(const Iterator& pair, const cli::Form& form) {
  if (!form.json && !form.hex && !fits_a_line(pair.key(), pair.value())) {
    return Error(
        Code::kInvalidArgument,
        fmt::format("the key {} or its value has a tab or a newline, so a line cannot tell them apart: expected "
                    "--hex or --json",
                    shown(pair.key(), form)));
  }
  if (!form.json) return fmt::format("{}\t{}\n", cli::text_from(pair.key(), form), cli::text_from(pair.value(), form));
  return JsonObject()
      .bytes("key", pair.key(), form.hex)
      .bytes("value", pair.value(), form.hex)
      .number("stamp", pair.read_at().ticks)
      .line();
}

}  // namespace mylonite::tool
