#include "core/tool/exit.h"

#include <fmt/format.h>

#include "core/tool/output.h"

namespace mylonite::tool {
namespace {

std::string_view next_step(Code code) {
  switch (code) {
    case Code::kInvalidArgument: return "`mylonite --help` and `mylonite COMMAND --help` show what is expected";
    case Code::kOutOfRange: return "`mylonite stats` shows from which stamp (history_floor) to which (newest_stamp)";
    case Code::kNotFound: return "the directory that holds the store's directory must exist";
    case Code::kNotAStore: return "`put` and `load` make a store, only where the directory is absent or empty";
    case Code::kCorruption: return "make a copy of the whole directory before anything else";
    case Code::kUnsupported: return "use the newer version that wrote it";
    case Code::kLocked: return "another program has this store open; try again when it has closed it";
    case Code::kNoSpace: return "make room and run again; what was acknowledged is kept";
    default: return "what was acknowledged is kept; check the disk and its permissions, then run again";
  }
}

}  // namespace

Exit exit_for(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kOutOfRange: return Exit::kUsage;
    case Code::kNotFound:
    case Code::kNotAStore:
    case Code::kCorruption:
    case Code::kUnsupported: return Exit::kNotAStore;
    default: return Exit::kEnvironment;
  }
}

Exit tell(const Error& error) {
  say_aside(fmt::format("mylonite: {}\n  {}\n", error.to_string(), next_step(error.code())));
  return exit_for(error.code());
}

}  // namespace mylonite::tool
