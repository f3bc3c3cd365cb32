// A store that dies as it is opened, in some seeds: how, says the environment variable DEATH.
#include "tests/examples/own_store.h"

#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/sim/program.h>

#include "core/base/invariant.h"

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
  if (death == "loop") {
    volatile bool for_ever = true;
    while (for_ever) continue;
  }
  if (death == "memory") {
    // Not written to: on a machine whose pages come slowly, that would be a loop that takes seconds.
    for (std::vector<std::unique_ptr<char[]>> all;;) all.push_back(std::make_unique_for_overwrite<char[]>(1 << 20));
  }
  if (death == "exception") throw std::runtime_error("of the store");
  mylonite::invariant(death != "invariant", "this store does not die");
}

bool opened = false;

// Copied by the simulator for each run, outside of any fiber.
struct Opener {
  Opener() = default;
  Opener(const Opener&) {
    const char* const death = std::getenv("DEATH");
    if (opened && death != nullptr && std::string_view(death) == "host") std::abort();
  }
  Opener& operator=(const Opener&) = default;

  auto operator()(mylonite::vfs::FileSystem& fs, const mylonite::Options& options,
                  mylonite::sim::WriteWitness& witness) const {
    opened = true;
    if (options.memtable_max_bytes % 97 == 0) die();
    return own_store::own_store()(fs, options, witness);
  }
};

}  // namespace

int main(int argc, char** argv) {
  return mylonite::sim::run_program(argc, argv, {.name = "dying_store", .store = Opener()});
}
