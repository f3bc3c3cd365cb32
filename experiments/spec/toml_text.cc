#include "experiments/spec/toml_text.h"

#include <cmath>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "core/base/json.h"

namespace mylonite::experiments {
namespace {

std::string place(const std::string& file, std::uint64_t line) { return fmt::format("{}, line {}", file, line); }

// Gathers members, and their lines under `prefix`.
Result<std::string> object_of(const toml::table& table, const std::string& file, const std::string& prefix,
                              TomlAsJson& all) {
  std::string json = "{";
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    all.lines[prefix + name] = key.source().begin.line;
    std::string value;
    if (const auto* members = node.as_table(); members != nullptr) {
      auto object = object_of(*members, file, prefix + name + ".", all);
      if (!object.ok()) return object;
      value = std::move(*object);
    } else if (const auto* text = node.as_string(); text != nullptr) {
      value = json_text(text->get());
    } else if (const auto* number = node.as_integer(); number != nullptr) {
      value = fmt::format("{}", number->get());
    } else if (const auto* decimal = node.as_floating_point(); decimal != nullptr && std::isfinite(decimal->get())) {
      value = fmt::format("{}", decimal->get());
      if (value.find_first_of(".e") == std::string::npos) value += ".0";
    } else if (const auto* flag = node.as_boolean(); flag != nullptr) {
      value = flag->get() ? "true" : "false";
    } else {
      return Error(Code::kInvalidArgument,
                   fmt::format("{}: expected a text, a number, true or false, found another kind of value", name))
          .in(place(file, key.source().begin.line));
    }
    json += fmt::format("{}{}:{}", json.size() > 1 ? "," : "", json_text(name), value);
  }
  return json + "}";
}

}  // namespace

Result<TomlAsJson> json_of_toml(std::string_view text, const std::string& file) {
  try {
    TomlAsJson all;
    auto json = object_of(toml::parse(text), file, "", all);
    if (!json.ok()) return json.error();
    all.json = std::move(*json);
    return all;
  } catch (const toml::parse_error& error) {
    return Error(Code::kInvalidArgument, fmt::format("not TOML: {}", error.description()))
        .in(place(file, error.source().begin.line));
  }
}

}  // namespace mylonite::experiments
