// TOML as JSON: what a spec in TOML says, with the line of each member for messages.
//
// The library is optional: without it every text is refused, with a word about the package.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::experiments {

struct TomlAsJson {
  std::string json;
  std::map<std::string, std::uint64_t> lines{};  // by name; of a table's members "set.NAME"
};

// Tables of texts, whole numbers, true and false. kInvalidArgument, with `file` and the line: not TOML, or another kind
// of value. kUnsupported: this build has no TOML.
Result<TomlAsJson> json_of_toml(std::string_view text, const std::string& file);

}  // namespace mylonite::experiments
