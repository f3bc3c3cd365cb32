#include "sim/program/debugger.h"

#include <unistd.h>

#include <csignal>
#include <fstream>

namespace mylonite::sim {

bool has_debugger() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("TracerPid:")) return line != "TracerPid:\t0";
  }
  return false;
}

cli::Ending become_debugger(const std::string& command) {
  const std::string gdb = "command -v gdb >/dev/null || exit 127; exec gdb -q -ex run --args " + command;
  ::execl("/bin/sh", "sh", "-c", gdb.c_str(), nullptr);
  return {Error(Code::kIo, "no shell can be started"), cli::Exit::kEnvironment};
}

// The instruction of a breakpoint, where it is known: no frames of the library stand above the caller's.
void stop_in_debugger() {
#if defined(__x86_64__)
  asm volatile("int3");
#else
  ::raise(SIGTRAP);
#endif
}

}  // namespace mylonite::sim
