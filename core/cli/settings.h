// `--set NAME=VALUE`: options of a store on a command line. Pure functions.
#pragma once

#include <string>
#include <vector>

#include <mylonite/options.h>
#include <mylonite/status.h>

namespace mylonite::cli {

struct Setting {
  std::string name;
  std::string value;
};
// kInvalidArgument without an equals sign, or with a name twice. Names are not checked otherwise.
Result<std::vector<Setting>> parse_settings(const std::vector<std::string>& texts);

// Applies the settings, then validates all options. kInvalidArgument names the setting and the expected value.
// `data_dir` is no setting: the directory is an argument of its own.
Status apply_settings(const std::vector<std::string>& settings, Options& options);

std::string settings_help();  // each option: name, default, meaning, allowed values, values worth trying

}  // namespace mylonite::cli
