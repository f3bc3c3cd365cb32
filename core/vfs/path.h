// The lexical rules of paths, one home for every FileSystem: "" is the root, parts are separated by single '/', no part
// is empty, "." or "..", nor holds a NUL byte; a part has at most 255 bytes and a path 4,000.
// Pure functions; they never look at a disk.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::vfs {

Status check_path(std::string_view path);  // kInvalidArgument, naming the path

// What rename asks for beside two good paths: both names in the same directory.
Status check_rename(std::string_view from, std::string_view to);

std::string_view parent_of(std::string_view path);  // "a/b" -> "a"; "a" -> ""
std::string_view name_of(std::string_view path);    // "a/b" -> "b"; "a" -> "a"

}  // namespace mylonite::vfs
