#include "sim/run/run.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/store/stamps.h"
#include "core/vfs/util.h"
#include "sim/machine/machine_heap.h"
#include "sim/run/incarnation.h"
#include "sim/run/recorder.h"

namespace mylonite::sim {
namespace {

using faultfs::Disk;

// Puts a foreign file into an existing store's directory.
void place_foreign_file(RunState& state, const std::string& directory, std::size_t index) {
  faultfs::SimFileSystem fs(state.disk);
  const auto current = fs.stat(directory + "/CURRENT");
  if (!current.ok() || !*current) return;
  const std::string name = fmt::format("notes-{}.txt", index + 1);
  if (!vfs::write_new_file(fs, directory + "/" + name, "not yours").ok()) return;
  if (!fs.sync_directory(directory).ok()) return;
  state.foreign.push_back(name);
}

// A lie about a directory may lose foreign files too.
void forget_lost_files(RunState& state, const std::string& directory) {
  std::erase_if(state.foreign, [&](const std::string& name) { return !state.disk.find(directory + "/" + name); });
}

// "db/wal-2.log@sector 1" → "db/wal-2.log@sector 1 (bytes 512 to 1023)".
std::string with_bytes(const std::string& unit) {
  struct Size {
    std::string_view mark;
    std::uint64_t bytes;
  };
  for (const Size& size : {Size{"@sector ", 512}, Size{"@page ", 4096}}) {
    const std::size_t at = unit.find(size.mark);
    if (at == std::string::npos) continue;
    std::uint64_t number = 0;
    const char* const digits = unit.data() + at + size.mark.size();
    if (std::from_chars(digits, unit.data() + unit.size(), number).ec != std::errc{}) continue;
    return fmt::format("{} (bytes {} to {})", unit, number * size.bytes, (number + 1) * size.bytes - 1);
  }
  return unit;
}

void transcribe_losses(Transcript& transcript, const std::vector<faultfs::Choice>& image) {
  transcript.heading(image.empty() ? "power loss; everything written survived"
                                   : "power loss; of what was not durable, this did not survive whole:");
  for (const faultfs::Choice& choice : image) {
    transcript.machine(with_bytes(choice.unit) + "  " + to_string(choice.fate));
  }
}

// Makes the disk of the next incarnation. Returns whether every recorded choice was used.
bool end_incarnation(RunState& state, const Scenario& scenario, const IncarnationPlan& plan, Recorded& recorded) {
  const bool power = plan.ending == Ending::kPowerLoss;
  state.last_ending = plan.ending;
  state.worst_ending = std::max(state.worst_ending, plan.ending);
  if (!power) {
    if (plan.ending == Ending::kKill && state.transcript != nullptr) {
      state.transcript->heading("the process was killed; what it wrote is there, what it had in memory is gone");
    }
    state.disk = faultfs::process_kill(state.disk);
    return true;
  }
  if (state.lies_pending) {
    state.lied_to = true;
    state.oracle.expect_lies();
  }
  bool faithful = true;
  if (plan.recorded && plan.recorded->adapt_image) {
    faultfs::AdaptingChooser adapting(plan.recorded->image, *plan.recorded->adapt_image);
    faultfs::RecordingChooser chooser(adapting);
    state.disk = faultfs::power_loss(state.disk, scenario.names, chooser);
    recorded.image = chooser.choices();
  } else if (plan.recorded && !plan.recorded->open_image) {
    faultfs::ReplayChooser chooser(plan.recorded->image);
    state.disk = faultfs::power_loss(state.disk, scenario.names, chooser);
    recorded.image = plan.recorded->image;
    faithful = chooser.unused().empty();
  } else {
    faultfs::RandomChooser random(Random(plan.image_seed).split("image"));
    faultfs::ReplayChooser listed(plan.recorded ? plan.recorded->image : std::vector<faultfs::Choice>(), &random);
    faultfs::RecordingChooser chooser(listed);
    state.disk = faultfs::power_loss(state.disk, scenario.names, chooser);
    recorded.image = chooser.choices();
  }
  if (state.lied_to) forget_lost_files(state, plan.options.data_dir);
  state.world.trace.event(EventKind::kCrash, state.disk.hash(), recorded.image.size());
  if (state.recorder != nullptr) state.recorder->power_was_lost(recorded.image);
  if (state.transcript != nullptr) transcribe_losses(*state.transcript, recorded.image);
  return faithful;
}

Failure failure_of_fault(const FiberFault& fault, const std::string& fibers) {
  return {.rule = fault.rule(),
          .what = fault.what() + "\n" + fibers,
          .stack = {reinterpret_cast<const std::uintptr_t*>(fault.frames.data()),
                    reinterpret_cast<const std::uintptr_t*>(fault.frames.data()) + fault.frames_held}};
}

std::optional<Failure> failure_of(const RunState& state, const RunOutcome& ended, const FiberScheduler& scheduler) {
  if (ended.end == RunEnd::kFault) return failure_of_fault(scheduler.fault(), ended.story);
  if (ended.end == RunEnd::kDeadlock) return Failure{.rule = "deadlock", .what = ended.story};
  if (ended.end == RunEnd::kLivelock) return Failure{.rule = "livelock", .what = ended.story};
  const auto& violation = state.oracle.violation();
  if (violation) return Failure{.rule = violation->rule, .what = violation->what};
  return std::nullopt;
}

// The last fault of this incarnation; without one, the crash of the one before.
std::optional<faultfs::Anchor> last_trouble(const Recorded& recorded, const Scenario& before) {
  if (!recorded.faults.empty()) return recorded.faults.back().at;
  if (before.incarnations.empty()) return std::nullopt;
  const auto& crash = before.incarnations.back().recorded->crash;
  return crash ? std::optional(crash->at) : std::nullopt;
}

// Runs one incarnation and moves it from the scenario to the record. Returns false when the scenario ends here.
bool run_incarnation(RunState& state, Scenario& scenario, std::size_t index, Outcome& outcome) {
  IncarnationPlan& plan = scenario.incarnations[index];
  if (state.transcript != nullptr) {
    state.transcript->heading(fmt::format("incarnation {} ({} sync, memtable {} B)", index + 1,
                                          plan.options.wal_flush_every_write ? "with" : "without",
                                          plan.options.memtable_max_bytes));
  }
  if (plan.foreign_file) place_foreign_file(state, plan.options.data_dir, index);
  ++state.stats.incarnations;
  if (state.notes != nullptr) state.notes->push_back({.clients = std::vector<ClientNotes>(plan.clients.size())});
  Recorded recorded;
  bool reported_damage = false;
  bool crashed = false;
  {
    Incarnation living(state, scenario, index);
    const RunOutcome ended = living.run();
    recorded.schedule = living.scheduler().deviations();
    if (state.notes != nullptr) {
      for (int id = 1; id <= living.scheduler().fibers(); ++id) {
        state.notes->back().fibers.push_back(living.scheduler().name_of(id));
      }
    }
    recorded.crash = living.machine().crash();
    recorded.crash_at_end = living.machine().crash_at_end();
    recorded.faults = living.machine().faults();
    outcome.failure = failure_of(state, ended, living.scheduler());
    if (outcome.failure) {
      outcome.failure->operation = living.doing_at(ended);
      outcome.failure->after = last_trouble(recorded, outcome.recorded);
      outcome.failure->incarnation = index + 1;
      const bool dead = living.machine().dead();
      outcome.failure->step = dead ? living.machine().last_moment().step : living.scheduler().step();
    }
    outcome.faithful &= living.followed_schedule();
    reported_damage = living.reported_damage();
    crashed = living.machine().crash() || living.machine().crash_at_end();
    const bool in_open = crashed && living.machine().crashed_in(Phase::kOpen);
    state.stats.crashes += crashed ? 1 : 0;
    state.stats.crashes_in_open += in_open ? 1 : 0;
    state.stats.drops += ended.end == RunEnd::kDropped ? 1 : 0;
    state.abandoned = ended.end != RunEnd::kFinished;
    state.opens_crashed = in_open ? state.opens_crashed + 1 : 0;
    state.stats.nested_depth_max = std::max(state.stats.nested_depth_max, state.opens_crashed);
    state.lies_pending |= living.machine().lied();
    outcome.interrupted = living.machine().interrupted();
  }
  const bool goes_on = !outcome.failure && !outcome.interrupted;
  if (goes_on && !reported_damage) outcome.faithful &= end_incarnation(state, scenario, plan, recorded);
  plan.recorded = std::move(recorded);
  // Recorded as a crash in that call, so that the run can be repeated up to there.
  if (outcome.interrupted) {
    plan.ending = Ending::kKill;
    plan.crash_mode = CrashMode::kUnwind;
  }
  outcome.recorded.incarnations.push_back(std::move(plan));
  if (reported_damage) {
    state.disk = Disk();
    state.oracle.forget_everything();
    state.foreign.clear();
    state.copies.clear();
    state.destructions.clear();
    state.recorded_policy.forget();
    state.worst_ending = Ending::kClose;
    state.lied_to = false;
    state.lies_pending = false;
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
          .drawn = scenario.drawn,
          .wall_start_ticks = scenario.wall_start_ticks,
          .sync_ns = scenario.sync_ns};
}

}  // namespace

Outcome run(Scenario scenario, StackPool& stacks, const RunSettings& settings) {
  Trace own(settings.recording != nullptr);
  Trace& trace = settings.trace != nullptr ? *settings.trace : own;
  VirtualClock clock(scenario.wall_start_ticks, StampSource::kUnusableAboveTicks);
  Transcript transcript(settings.story_lines);
  RunState state{.world = {.stacks = stacks, .clock = clock, .trace = trace},
                 .disk = Disk(),
                 .oracle = Oracle(),
                 .stats = {},
                 .transcript = settings.story_lines > 0 ? &transcript : nullptr,
                 .notes = settings.notes,
                 .stop = settings.stop,
                 .steps_most = settings.steps_most,
                 .interrupt = settings.interrupt,
                 .policies = settings.policies,
                 .store_factory = settings.store};
  if (settings.notes != nullptr) settings.notes->clear();
  std::optional<Recorder> recorder;
  if (settings.recording != nullptr) {
    *settings.recording = {.seed = scenario.seed, .names = scenario.names, .of_mylonite = !settings.store};
    recorder.emplace(*settings.recording, Recorder::Parts{state.disk, state.oracle, state.world});
    state.recorder = &*recorder;
  }
  MachineHeap heap(settings.unreadable_heaps);
  Outcome outcome;
  outcome.recorded = without_incarnations(scenario);
  outcome.recorded.incarnations.reserve(scenario.incarnations.size());
  const bool crashes_asked = std::ranges::any_of(
      scenario.incarnations, [](const IncarnationPlan& plan) { return plan.ending != Ending::kClose; });
  for (std::size_t i = 0; i < scenario.incarnations.size(); ++i) {
    const bool goes_on = run_incarnation(state, scenario, i, outcome);
    if (!state.abandoned) state.stats.left_behind += heap.live();
    heap.clear();  // the machine's memory ends with it
    if (!goes_on) break;
  }
  if (recorder) recorder->end_run(outcome.failure ? &*outcome.failure : nullptr);
  state.stats.seeds = 1;
  state.stats.seeds_merging_at_once = state.stats.coverage.count("compaction.concurrent") > 0 ? 1 : 0;
  state.stats.virtual_ns = clock.monotonic_ns();
  const bool idle = state.stats.writes == 0 || (crashes_asked && state.stats.crashes == 0);
  outcome.nothing_ran = idle && state.stats.failed_calls == 0;  // every open may have failed
  outcome.trace_hash = trace.hash();
  outcome.stats = std::move(state.stats);
  outcome.story = transcript.lines();
  outcome.recent = trace.recent();
  return outcome;
}

std::string explain_difference(const Scenario& first, const Scenario& second, StackPool& stacks,
                               const RunSettings& settings) {
  const auto trace_of = [&](const Scenario& scenario, Trace& trace) {
    static_cast<void>(run(scenario, stacks, {.trace = &trace, .policies = settings.policies, .store = settings.store}));
  };
  Trace left(true);
  Trace right(true);
  trace_of(first, left);
  trace_of(second, right);
  const auto difference = first_difference(left, right);
  if (!difference) return "";
  return fmt::format("event {}, in incarnation {} at step {}: first run '{}', second run '{}'", difference->index,
                     difference->incarnation, difference->step, difference->left, difference->right);
}

}  // namespace mylonite::sim
