#include "core/cli/exit.h"

namespace mylonite::cli {

Exit exit_for(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kAlreadyExists:
    case Code::kOutOfRange: return Exit::kUsage;
    case Code::kNotFound:
    case Code::kNotAStore:
    case Code::kCorruption:
    case Code::kUnsupported: return Exit::kUnreadable;
    case Code::kIo:
    case Code::kNoSpace:
    case Code::kLocked:
    case Code::kReadOnly:
    case Code::kClosed:
    case Code::kExhausted: break;
  }
  return Exit::kEnvironment;
}

}  // namespace mylonite::cli
