#include "experiments/spec/toml_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>

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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t from = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(from);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

std::string_view line_of(std::string_view text, std::uint64_t number) {
  for (; number > 1; --number) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  return text.substr(0, text.find('\n'));
}

// The commonest slip is a text without quotes, about which the parser's own message is of no help. Empty: another one.
std::string unquoted_value(std::string_view line) {
  line = trimmed(line.substr(0, line.find('#')));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return "";
  const std::string_view value = trimmed(line.substr(equals + 1));
  const bool word = !value.empty() && ((value[0] >= 'a' && value[0] <= 'z') || (value[0] >= 'A' && value[0] <= 'Z'));
  const bool plain = value.find_first_of("\"'{}[],") == std::string_view::npos;
  if (!word || !plain || value == "true" || value == "false") return "";
  return fmt::format("{}: expected a text in quotes (\"{}\"), a number, true or false, found {}",
                     trimmed(line.substr(0, equals)), value, value);
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
    const std::uint64_t line = error.source().begin.line;
    const std::string known = unquoted_value(line_of(text, line));
    return Error(Code::kInvalidArgument, known.empty() ? fmt::format("not TOML: {}", error.description()) : known)
        .in(place(file, line));
  }
}

}  // namespace mylonite::experiments
