// Texts as editors of other systems save them. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::experiments {

// The text without the mark that some editors put before UTF-8. kInvalidArgument, with `place`: its mark is that of
// UTF-16.
Result<std::string_view> plain_text(std::string_view text, const std::string& place);

}  // namespace mylonite::experiments
