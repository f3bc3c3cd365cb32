// Sizes in bytes as people write them: "4096", "4k", "64M", "1G", "2T". The units are binary. Thread-safety: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite {

inline constexpr std::string_view kSizeUnits = "k, M, G or T (1k is 1024)";

// Upper and lower case are alike. kInvalidArgument: a message that begins with "expected", without the text. Fractions,
// signs, spaces and other units are refused, as "64MB", which is 64,000,000 elsewhere.
Result<std::uint64_t> parse_size(std::string_view text);

// Whether an option or a parameter of this name is a size in bytes.
bool names_a_size(std::string_view name);

}  // namespace mylonite
