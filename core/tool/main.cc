// `mylonite`: a store from the command line.
#include <string>
#include <string_view>

#include "core/cli/program.h"
#include "core/tool/advice.h"
#include "core/tool/commands.h"
#include "core/tool/companion.h"

namespace mylonite::tool {
namespace {

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
