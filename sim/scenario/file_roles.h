// The simulator's classifier of the engine's file names: a path's role, for anchors and injectors.
// Thread-safety: pure.
#pragma once

#include <array>
#include <string_view>

namespace mylonite::sim {

inline constexpr std::array<std::string_view, 8> kFileRoles = {"wal",         "sst",  "manifest",  "current",
                                                               "current-new", "lock", "directory", "other"};
std::string_view role_of(std::string_view path);  // one of them

}  // namespace mylonite::sim
