// `mylonite`: a store from the command line.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <string_view>

#include "core/tool/arguments.h"
#include "core/tool/commands.h"
#include "core/tool/companion.h"
#include "core/tool/exit.h"

namespace mylonite::tool {
namespace {

// A standard stream that is closed would give its number to the first file of the store that is opened, and output
// would land there. What takes its place fails on every use, so that the loss is noticed.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

Exit run(int argc, char** argv) {
  occupy_closed_streams();
  if (argc > 1) {
    const std::string_view first = argv[1];
    if (first == "sim" || first == "lab") return become("mylonite-" + std::string(first), argv + 1);
  }
  std::signal(SIGPIPE, SIG_IGN);
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) return arguments.error();
  const auto exit = run_command(*arguments);
  return exit.ok() ? *exit : tell(exit.error());
}

}  // namespace
}  // namespace mylonite::tool

int main(int argc, char** argv) { return static_cast<int>(mylonite::tool::run(argc, argv)); }
