// The source that this program was built from. Thread-safety: a constant.
#pragma once

#include <string_view>

namespace mylonite::experiments {

// Of git, twelve digits, with a `+` if files were changed since; "unknown" outside of a git checkout.
std::string_view built_from();

}  // namespace mylonite::experiments
