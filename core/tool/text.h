// Numbers, keys, kinds and stamps in the tool's text form, for people. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/timestamp.h>

#include "core/cli/output.h"
#include "core/format/internal_key.h"

namespace mylonite::tool {

std::string human_bytes(std::uint64_t bytes);                  // "512 B", "1.5 KiB", "64.0 MiB"
std::string counted(std::uint64_t n, std::string_view one);    // "1 table", "2 tables", "3 entries"
std::string percent(std::uint64_t part, std::uint64_t whole);  // "42 %", rounded down
std::string utc(Timestamp at);                                 // "2026-01-31 12:00:00.000 UTC"
std::string stamp_text(Timestamp at);                          // "17…0", or "none" for the maximum

// On one line, in quotes, with bytes escaped that are not printable ASCII; or in hex. Cut after `longest` bytes.
std::string shown(std::string_view bytes, const cli::Form& form, std::size_t longest = 48);

std::string_view kind_name(Kind kind);  // "put", "delete", "range delete"

// The user keys between a table's borders; a border that is excluded is "everything before" its key.
struct Span {
  std::string_view smallest;  // internal keys
  std::string_view largest;
};
std::string span_text(Span keys, const cli::Form& form, std::size_t longest = 48);  // `"a" .. "k"`, `"a" .. before "k"`

}  // namespace mylonite::tool
