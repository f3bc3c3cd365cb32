#include "core/cli/settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/names.h"
#include "core/base/sizes.h"

namespace mylonite::cli {
namespace {

constexpr std::string_view kDirectory = "data_dir";

std::vector<std::string_view> option_names() {
  std::vector<std::string_view> names = names_of(option_table());
  std::erase(names, kDirectory);
  return names;
}

Result<Setting> parse_setting(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return Error(Code::kInvalidArgument, fmt::format("--set '{}': expected NAME=VALUE", text));
  }
  Setting setting{.name = std::string(text.substr(0, equals)), .value = std::string(text.substr(equals + 1))};
  if (names_a_size(setting.name)) {
    if (const auto size = parse_size(setting.value); size.ok()) setting.value = fmt::format("{}", *size);
  }
  return setting;
}

}  // namespace

Result<std::vector<Setting>> parse_settings(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) {
    auto setting = parse_setting(text);
    if (!setting.ok()) return setting.error();
    if (std::ranges::find(settings, setting->name, &Setting::name) != settings.end()) {
      return Error(Code::kInvalidArgument,
                   fmt::format("--set {}: expected each option once, found it twice", setting->name));
    }
    settings.push_back(std::move(*setting));
  }
  return settings;
}

Status apply_settings(const std::vector<std::string>& settings, Options& options) {
  const auto parsed = parse_settings(settings);
  if (!parsed.ok()) return parsed.error();
  for (const auto& [name, value] : *parsed) {
    if (name == kDirectory) return Error(Code::kInvalidArgument, "--set data_dir: the argument DIR is this option");
    if (std::ranges::find(option_table(), name, &OptionRow::name) == option_table().end()) {
      return unknown_name("option", name, option_names());
    }
    if (Status done = set_option(options, name, value); !done.ok()) return done;
  }
  return validate(options);
}

std::vector<std::string> setting_words() {
  std::vector<std::string> words;
  for (const std::string_view name : option_names()) words.push_back(std::string(name) + "=");
  return words;
}

std::string settings_help() {
  std::string text = fmt::format("For --set, with their defaults. Sizes in bytes may have {}.\n", kSizeUnits);
  const Options defaults;
  for (const OptionRow& row : option_table()) {
    if (row.name == kDirectory) continue;
    text += fmt::format("  {} ({}): {}\n", row.name, option_text(defaults, row), row.meaning);
    const std::string allowed = allowed_text(row);
    const bool trials = row.words.empty() && !row.worth_trying.empty();
    if (trials) {
      text += fmt::format("      {}; worth trying: {}\n", allowed, row.worth_trying);
    } else if (!allowed.empty()) {
      text += fmt::format("      {}\n", allowed);
    }
  }
  return text;
}

}  // namespace mylonite::cli
