// `mylonite`: a store from the command line.
#include <string>
#include <string_view>

#include "core/cli/program.h"
#include "core/tool/commands.h"
#include "core/tool/companion.h"

namespace mylonite::tool {
namespace {

std::string next_step(const Error& error) {
  switch (error.code()) {
    case Code::kInvalidArgument: return "";
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

int run(int argc, char** argv) {
  if (argc > 1) {
    const std::string_view first = argv[1];
    if (first == "sim" || first == "lab") return static_cast<int>(become("mylonite-" + std::string(first), argv + 1));
  }
  RawArguments raw;
  const cli::Program program{
      .name = "mylonite",
      .what = "Mylonite: an LSM-tree key-value store in a directory.",
      .example = "mylonite put my-data city Oslo && mylonite get my-data city",
      .more =
          "`mylonite COMMAND --help` tells more; `mylonite sim …` runs mylonite-sim.\n"
          "Exit codes: 0 done, 1 key absent or damage found by verify, 2 bad command line or input,\n"
          "5 not a store, damaged or of a newer format, 7 locked, full or failing disk.",
      .groups = groups(),
      .commands = commands(raw),
      .next_step = next_step};
  return cli::run_program(program, argc, argv);
}

}  // namespace
}  // namespace mylonite::tool

int main(int argc, char** argv) { return mylonite::tool::run(argc, argv); }
