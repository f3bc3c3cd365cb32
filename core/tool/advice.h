// Errors of the engine in the words of whoever typed the command: his own path, and what he can do next. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

namespace mylonite::tool {

// The directory as it is opened: the engine asks for a path that ends in the directory's own name. So "." and "..",
// at the end of `given`, are replaced by what they stand for; anything else stays as it is.
std::string openable(const std::string& given);

// The engine names a store's files from the store's directory or from its parent: here from `given`, the directory as
// the user wrote it, which was opened as `opened`.
Error in_users_words(const Error& error, std::string_view given, std::string_view opened);

// What can be done about the error; "": nothing is known, or --help says it.
std::string next_step(const Error& error);

}  // namespace mylonite::tool
