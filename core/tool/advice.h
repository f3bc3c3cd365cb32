// Errors of the engine in the user's words: with the path as given, and with the next step. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::tool {

// The directory as it is opened: the engine requires a path that ends in the directory's own name. So "." or ".." at
// the end of `given` is resolved; anything else is unchanged.
std::string openable(const std::string& given);

// The error with the file's path from `given`, the directory as the user wrote it. The engine names files from the
// store's directory, opened as `opened`, or from its parent.
Error in_users_words(const Error& error, std::string_view given, std::string_view opened);

// What the user can do about the error; "": unknown, or --help tells it.
std::string next_step(const Error& error);

}  // namespace mylonite::tool
