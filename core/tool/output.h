// Standard output, and bytes as the text forms of the tool: raw, hex, or members of a JSON object.
//
// A failed write (a closed pipe, a full disk) is an Error of code kIo; SIGPIPE must be ignored.
// Thread-safety: print and flush as stdio's; callers that need whole lines in order hold a lock of their own.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace mylonite::tool {

Status print(std::string_view text);
Status flush();
void say_aside(std::string_view text);  // on standard error; nobody is left to tell of a failure

struct Form {
  bool hex = false;  // keys and values, in and out
  bool json = false;
};

Result<std::string> bytes_from(std::string_view text, const Form& form);  // kInvalidArgument: not hex
std::string text_from(std::string_view bytes, const Form& form);

}  // namespace mylonite::tool
