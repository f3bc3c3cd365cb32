// The version of this source tree; CMakeLists.txt reads it from here.
#pragma once

#include <string_view>

namespace mylonite {

inline constexpr std::string_view kRelease = "0.1.0";

}  // namespace mylonite
