// The lexical rules of paths, for every FileSystem: "" is the root, and single '/' separate parts. No part is empty,
// "." or "..", or holds a NUL byte. A part has at most 255 bytes, a path at most 4,000.
// Pure functions; they never read a disk.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::vfs {

Status check_path(std::string_view path);  // kInvalidArgument, naming the path

// The further condition of rename, given two valid paths: both names are in the same directory.
Status check_rename(std::string_view from, std::string_view to);

std::string_view parent_of(std::string_view path);  // "a/b" -> "a"; "a" -> ""
std::string_view name_of(std::string_view path);    // "a/b" -> "b"; "a" -> "a"

}  // namespace mylonite::vfs
