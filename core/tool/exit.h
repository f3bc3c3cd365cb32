// Exit codes of `mylonite`, and how an Error is told: what went wrong and what to do next, on standard error.
#pragma once

#include "core/base/status.h"

namespace mylonite::tool {

enum class Exit : int {
  kDone = 0,
  kAbsent = 1,       // the key is not there; verify found damage
  kUsage = 2,        // a bad command line, option or input line
  kNotAStore = 5,    // or damaged, or of a newer format
  kEnvironment = 7,  // locked, full, or the operating system failed
};

Exit exit_for(Code code);
Exit tell(const Error& error);  // exit_for(error.code())

}  // namespace mylonite::tool
