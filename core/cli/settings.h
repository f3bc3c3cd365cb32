// `--set NAME=VALUE`: options of a store on a command line. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mylonite/options.h>
#include <mylonite/status.h>

namespace mylonite::cli {

struct Setting {
  std::string name;
  std::string value;
};
// kInvalidArgument without an equals sign, or with a name twice. Names are not checked otherwise. A size with a unit
// becomes digits, so that equal settings are equal texts.
Result<std::vector<Setting>> parse_settings(const std::vector<std::string>& texts);

// Applies the settings, then validates all options. kInvalidArgument names the setting and the expected value.
// `data_dir` is no setting: the directory is an argument of its own.
Status apply_settings(const std::vector<std::string>& settings, Options& options);

inline constexpr std::string_view kSettingsTitle = "Options of the store";

std::vector<std::string> setting_words();  // "memtable_max_bytes=", for completions
std::string settings_help();               // each option: name, default, meaning, allowed values, values worth trying

}  // namespace mylonite::cli
