#include "sim/run/run_state.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"

namespace mylonite::sim {

void RecordedPolicy::opens(const std::string& in_force) {
  const SimulatorCode scope;
  in_force_ = name_of(in_force);
  allowed_.insert(under_way_.begin(), under_way_.end());
  allowed_.insert(in_force_);
  under_way_.clear();
}

void RecordedPolicy::begin(std::string_view text) {
  const SimulatorCode scope;
  under_way_.emplace(name_of(text));
}

void RecordedPolicy::changed(std::string_view, std::string_view to) {
  const SimulatorCode scope;
  known_ = true;
  in_force_ = name_of(to);
  allowed_ = {in_force_};
}

void RecordedPolicy::end(std::string_view text) {
  const SimulatorCode scope;
  if (const auto one = under_way_.find(name_of(text)); one != under_way_.end()) under_way_.erase(one);
}

std::string RecordedPolicy::refuses(std::string_view recorded) const {
  const SimulatorCode scope;
  const std::string_view name = name_of(recorded);
  if (!known_ || allowed_.contains(name) || under_way_.contains(name)) return {};
  std::string expected;
  for (const std::string& each : allowed_) expected += (expected.empty() ? "" : " or ") + each;
  return fmt::format("the manifest names the policy '{}'; expected {}", recorded, expected);
}

StoreComponents RunState::components(EventListener* heard) const {
  StoreComponents components(heard);
  components.compaction_policies = policies;
  return components;
}

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

void RunState::begin_destruction(const std::string& directory, const Oracle::Pairs& pairs) {
  const SimulatorCode scope;
  destructions.push_back({.directory = directory, .pairs = pairs});
}

bool RunState::end_destruction(const std::string& directory) {
  const SimulatorCode scope;
  std::ranges::find(destructions, directory, &Destruction::directory)->returned = true;
  return disk.find(directory).has_value();
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
