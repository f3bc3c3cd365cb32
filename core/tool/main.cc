// `mylonite`: a store from the command line.
#include <string>
#include <string_view>
#include <utility>

#include "core/cli/program.h"
#include "core/tool/advice.h"
#include "core/tool/commands.h"
#include "core/tool/companion.h"

namespace mylonite::tool {
namespace {

int run(int argc, char** argv) {
  if (argc > 1) {
    const bool helped = argc > 2 && std::string_view(argv[1]) == "help";
    const std::string_view first = argv[helped ? 2 : 1];
    if (helped && (first == "sim" || first == "lab")) std::swap(argv[1], argv[2]);
    if (first == "sim" || first == "lab") return static_cast<int>(become("mylonite-" + std::string(first), argv + 1));
  }
  RawArguments raw;
  const cli::Program program{
      .name = "mylonite",
      .what = "Mylonite: an LSM-tree key-value store in a directory.",
      .example = "mylonite put my-data city Oslo && mylonite get my-data city",
      .more = "`mylonite help COMMAND` tells more. Commands that only read may run beside a program that writes.",
      .groups = groups(),
      .commands = commands(raw),
      .next_step = next_step,
      .exits = {{.code = cli::Exit::kDone, .meaning = "done"},
                {.code = cli::Exit::kFinding, .meaning = "key absent, damage found by verify, something to mend"},
                {.code = cli::Exit::kUsage, .meaning = "bad command line or input"},
                {.code = cli::Exit::kUnreadable, .meaning = "not a store, damaged or of a newer format"},
                {.code = cli::Exit::kEnvironment, .meaning = "locked, full or failing disk"}},
      .see_also = {"mylonite-sim", "mylonite-lab"}};
  return cli::run_program(program, argc, argv);
}

}  // namespace
}  // namespace mylonite::tool

int main(int argc, char** argv) { return mylonite::tool::run(argc, argv); }
