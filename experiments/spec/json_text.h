// Whether a text is JSON that says each thing once, with errors for people: the place, what was expected and found.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::experiments {

// After it the JSON library parses the text without an error; it passes over the mark of UTF-8 that some editors write.
// kInvalidArgument, with the file and the line: UTF-16, not JSON, a number that no type holds, a member that an object
// has twice, or values too deep within others. Comments are JSON here. `first_line`: the number of the text's first
// line in the file.
Status check_json(std::string_view text, const std::string& file, std::uint64_t first_line = 1);

}  // namespace mylonite::experiments
