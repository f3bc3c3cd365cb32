#include "core/tool/companion.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/cli/output.h"

namespace mylonite::tool {

cli::Exit become(const std::string& program, char** argv) {
  std::error_code unknown;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  std::string beside = (self.parent_path() / program).string();
  argv[0] = beside.data();
  ::execv(beside.c_str(), argv);
  std::string in_path = program;
  argv[0] = in_path.data();
  if (errno == ENOENT) ::execvp(program.c_str(), argv);
  if (errno == ENOENT) {
    cli::print_error(
        fmt::format("mylonite: `{}` is neither beside `mylonite` nor in PATH\n  build or install it first\n", program));
  } else {
    cli::print_error(
        fmt::format("mylonite: `{}` does not start: {}\n", program, std::system_category().message(errno)));
  }
  return cli::Exit::kEnvironment;
}

}  // namespace mylonite::tool
