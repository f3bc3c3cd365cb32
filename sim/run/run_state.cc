#include "sim/run/run_state.h"

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"

namespace mylonite::sim {

void RunState::saw_clock() {
  const SimulatorCode scope;
  oracle.saw_clock(world.clock.wall_ticks_highest());
}

// The name's memory is the machine's; only the parts of the name are the simulator's.
std::string RunState::new_directory() {
  std::uint64_t incarnation = 0;
  std::uint64_t number = 0;
  {
    const SimulatorCode scope;
    incarnation = stats.incarnations;
    number = ++directories;
  }
  return fmt::format("copy-{}-{}", incarnation, number);
}

void RunState::keep_copy(const std::string& directory, const Oracle::Pairs& pairs) {
  const SimulatorCode scope;
  copies.push_back({.directory = directory, .pairs = pairs});
}

void RunState::jump_clock(std::int64_t ticks) {
  const SimulatorCode scope;
  world.clock.jump(ticks);
}

void RunState::freeze_clock() {
  const SimulatorCode scope;
  world.clock.freeze();
}

void RunState::unfreeze_clock() {
  const SimulatorCode scope;
  world.clock.unfreeze();
}

}  // namespace mylonite::sim
