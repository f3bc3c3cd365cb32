// A store that dies as it is opened, in some seeds: how, says the environment variable DEATH.
#include "tests/examples/own_store.h"

#include <csignal>
#include <cstdlib>
#include <string_view>

#include <mylonite/sim/program.h>

namespace {

int overflow(int depth) {
  volatile char frame[4096] = {};
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : overflow(depth + 1) + frame[0];
}

void die() {
  const char* const given = std::getenv("DEATH");
  const std::string_view death = given == nullptr ? "" : given;
  if (death == "null") *static_cast<int volatile*>(nullptr) = 1;  // NOLINT: a stray access
  if (death == "overflow") std::exit(overflow(1));
  if (death == "abort") std::abort();
  if (death == "division") std::raise(SIGFPE);
}

}  // namespace

int main(int argc, char** argv) {
  const auto open = [](mylonite::vfs::FileSystem& fs, const mylonite::Options& options,
                       mylonite::sim::WriteWitness& witness) {
    if (options.memtable_max_bytes % 97 == 0) die();
    return own_store::own_store()(fs, options, witness);
  };
  return mylonite::sim::run_program(argc, argv, {.name = "dying_store", .store = open});
}
