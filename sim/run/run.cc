#include "sim/run/run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/vfs/util.h"
#include "sim/machine/machine_heap.h"
#include "sim/run/life.h"

namespace mylonite::sim {
namespace {

using faultfs::Disk;

// Somebody else's file appears in an existing store's directory.
void place_foreign_file(Universe& universe, const std::string& directory, std::size_t index) {
  faultfs::SimFileSystem fs(universe.disk);
  const auto current = fs.stat(directory + "/CURRENT");
  if (!current.ok() || !*current) return;
  const std::string name = fmt::format("notes-{}.txt", index + 1);
  if (!vfs::write_new_file(fs, directory + "/" + name, "not yours").ok()) return;
  if (!fs.sync_directory(directory).ok()) return;
  universe.foreign.push_back(name);
}

// A lie about a directory takes what others keep there too.
void forget_lost_files(Universe& universe, const std::string& directory) {
  std::erase_if(universe.foreign, [&](const std::string& name) { return !universe.disk.find(directory + "/" + name); });
}

// The disk as the next incarnation finds it. Returns whether every recorded choice was used.
bool end_life(Universe& universe, const Scenario& scenario, const Incarnation& life, Recorded& recorded) {
  const bool power = life.ending == Ending::kPowerLoss;
  universe.last_ending = life.ending;
  universe.worst_ending = std::max(universe.worst_ending, life.ending);
  if (!power) {
    universe.disk = faultfs::process_kill(universe.disk);
    return true;
  }
  if (universe.lies_pending) {
    universe.lied_to = true;
    universe.oracle.expect_lies();
  }
  bool faithful = true;
  if (life.recorded) {
    faultfs::ReplayChooser chooser(life.recorded->image);
    universe.disk = faultfs::power_loss(universe.disk, scenario.names, chooser);
    recorded.image = life.recorded->image;
    faithful = chooser.unused().empty();
  } else {
    faultfs::RandomChooser random(Random(life.image_seed).split("image"));
    faultfs::RecordingChooser chooser(random);
    universe.disk = faultfs::power_loss(universe.disk, scenario.names, chooser);
    recorded.image = chooser.choices();
  }
  if (universe.lied_to) forget_lost_files(universe, life.options.data_dir);
  universe.world.trace.event(EventKind::kCrash, universe.disk.hash(), recorded.image.size());
  if (universe.narrator != nullptr) {
    universe.narrator->heading(fmt::format("power loss; {} units did not survive whole", recorded.image.size()));
    for (const faultfs::Choice& choice : recorded.image)
      universe.narrator->machine(choice.unit + "  " + to_string(choice.fate));
  }
  return faithful;
}

std::optional<Failure> failure_of(const Universe& universe, const RunOutcome& ended) {
  if (ended.end == RunEnd::kDeadlock) return Failure{.rule = "deadlock", .what = ended.story};
  if (ended.end == RunEnd::kLivelock) return Failure{.rule = "livelock", .what = ended.story};
  const auto& violation = universe.oracle.violation();
  if (violation) return Failure{.rule = violation->rule, .what = violation->what};
  return std::nullopt;
}

// Runs one incarnation and moves it from the scenario to what is recorded. Returns false when the scenario ends here.
bool run_life(Universe& universe, Scenario& scenario, std::size_t index, Outcome& outcome) {
  Incarnation& life = scenario.incarnations[index];
  if (universe.narrator != nullptr) {
    universe.narrator->heading(fmt::format("incarnation {} ({} sync, memtable {} B)", index + 1,
                                           life.options.wal_flush_every_write ? "with" : "without",
                                           life.options.memtable_max_bytes));
  }
  if (life.foreign_file) place_foreign_file(universe, life.options.data_dir, index);
  ++universe.stats.incarnations;
  Recorded recorded;
  bool loud = false;
  bool crashed = false;
  {
    Life living(universe, scenario, index);
    const RunOutcome ended = living.run();
    recorded.schedule = living.scheduler().deviations();
    recorded.crash = living.machine().crash();
    recorded.crash_at_end = living.machine().crash_at_end();
    recorded.lies = living.machine().lies();
    recorded.failed_calls = living.machine().failed_calls();
    outcome.failure = failure_of(universe, ended);
    if (outcome.failure) {
      outcome.failure->incarnation = index + 1;
      outcome.failure->step = living.scheduler().step();
    }
    outcome.faithful &= living.followed_schedule();
    loud = living.loud();
    crashed = living.machine().crash() || living.machine().crash_at_end();
    const bool in_open = crashed && living.machine().crashed_in(Phase::kOpen);
    universe.stats.crashes += crashed ? 1 : 0;
    universe.stats.crashes_in_open += in_open ? 1 : 0;
    universe.stats.drops += ended.end == RunEnd::kDropped ? 1 : 0;
    universe.abandoned = ended.end != RunEnd::kFinished;
    universe.opens_crashed = in_open ? universe.opens_crashed + 1 : 0;
    universe.stats.nested_depth_max = std::max(universe.stats.nested_depth_max, universe.opens_crashed);
    universe.lies_pending |= !recorded.lies.empty();
    outcome.interrupted = living.machine().interrupted();
  }
  const bool goes_on = !outcome.failure && !outcome.interrupted;
  if (goes_on && !loud) outcome.faithful &= end_life(universe, scenario, life, recorded);
  life.recorded = std::move(recorded);
  // Recorded as a crash in that very call, so that as far as it went, the run can be had again.
  if (outcome.interrupted) {
    life.ending = Ending::kKill;
    life.death = Death::kDeadWorld;
  }
  outcome.recorded.incarnations.push_back(std::move(life));
  if (loud) {
    universe.disk = Disk();
    universe.oracle.forget_everything();
    universe.foreign.clear();
    universe.copies.clear();
    universe.worst_ending = Ending::kClose;
    universe.lied_to = false;
    universe.lies_pending = false;
  }
  return goes_on;
}

Scenario without_incarnations(const Scenario& scenario) {
  return {.seed = scenario.seed,
          .generator = scenario.generator,
          .profile = scenario.profile,
          .names = scenario.names,
          .lie_one_in = scenario.lie_one_in,
          .fail_one_in = scenario.fail_one_in,
          .wall_start_ticks = scenario.wall_start_ticks,
          .sync_ns = scenario.sync_ns};
}

}  // namespace

Outcome run(Scenario scenario, StackPool& stacks, const RunSettings& settings) {
  Trace own;
  Trace& trace = settings.trace != nullptr ? *settings.trace : own;
  VirtualClock clock(scenario.wall_start_ticks);
  Narrator narrator(settings.story_lines);
  Universe universe{.world = {.stacks = stacks, .clock = clock, .trace = trace},
                    .disk = Disk(),
                    .oracle = Oracle(),
                    .stats = {},
                    .narrator = settings.story_lines > 0 ? &narrator : nullptr,
                    .interrupt = settings.interrupt};
  MachineHeap heap(settings.unreadable_heaps);
  Outcome outcome;
  outcome.recorded = without_incarnations(scenario);
  outcome.recorded.incarnations.reserve(scenario.incarnations.size());
  const bool crashes_asked =
      std::ranges::any_of(scenario.incarnations, [](const Incarnation& life) { return life.ending != Ending::kClose; });
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    const bool goes_on = run_life(universe, scenario, i, outcome);
    if (!universe.abandoned) universe.stats.left_behind += heap.live();
    heap.clear();  // the machine is gone, with all it owned
    if (!goes_on) break;
  }
  universe.stats.seeds = 1;
  universe.stats.seeds_merging_at_once = universe.stats.marks.contains("compaction.concurrent") ? 1 : 0;
  universe.stats.virtual_ns = clock.monotonic_ns();
  const bool idle = universe.stats.writes == 0 || (crashes_asked && universe.stats.crashes == 0);
  outcome.nothing_ran = idle && universe.stats.failed_calls == 0;  // every open may have failed
  outcome.trace_hash = trace.hash();
  outcome.stats = std::move(universe.stats);
  outcome.story = narrator.lines();
  outcome.recent = trace.recent();
  return outcome;
}

std::string explain_difference(const Scenario& scenario, StackPool& stacks) {
  Trace first(true);
  Trace second(true);
  static_cast<void>(run(scenario, stacks, {.trace = &first}));
  static_cast<void>(run(scenario, stacks, {.trace = &second}));
  const auto difference = first_difference(first, second);
  if (!difference) return "";
  return fmt::format("event {}: first run '{}', second run '{}'", difference->index, difference->left,
                     difference->right);
}

}  // namespace mylonite::sim
