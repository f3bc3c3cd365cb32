#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/crash_report.h"
#include "sim/program/debugger.h"
#include "sim/program/trace_lines.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"
#include "sim/shrink/adapted_replay.h"

namespace mylonite::sim {
namespace {

std::string in_words(const std::string& rule) { return rule.empty() ? "a clean run" : "rule " + rule; }

// Why the replay differs from the file's observation; empty: it does not.
std::string mismatch(const Repro& repro, const Outcome& outcome, const std::string& program) {
  const std::string found = in_words(outcome.failure ? outcome.failure->rule : "");
  const std::string other =
      repro.program.empty() || repro.program == program
          ? ""
          : fmt::format("the file was made by {}, this is {}: another store or other policies", repro.program, program);
  const std::string elsewhere = other.empty() ? "" : "; " + other;
  switch (verdict_of(repro, outcome)) {
    case Verdict::kReproduced: break;
    case Verdict::kOtherRule:
      return fmt::format("did not reproduce: expected {}, found {}{}", in_words(repro.rule), found, elsewhere);
    case Verdict::kOtherTrace:
      return fmt::format("did not reproduce: trace hash: expected {}, found {}{}", repro.trace_hash, outcome.trace_hash,
                         elsewhere);
    case Verdict::kStale:
      return fmt::format("stale: expected {}, found {}, but recorded decisions were never met; {}",
                         in_words(repro.rule), found, other.empty() ? "the code has changed since" : other);
  }
  return "";
}

RunSettings settings_of(const ReplayArguments& arguments) {
  return {.story_lines = arguments.story_lines,
          .policies = arguments.source.generator.policies,
          .store = arguments.source.store};
}

cli::Ending replay_scenario(const NamedScenario& named, const ReplayArguments& arguments) {
  const Repro* observed = named.file ? &*named.file : nullptr;
  const std::string again = replay_words(arguments.source, named);
  report_crashes();
  this_thread_runs((observed == nullptr ? "seed " : "") + arguments.source.what, again);
  StackPool stacks;
  Trace trace(arguments.trace);
  RunSettings settings = settings_of(arguments);
  settings.trace = &trace;
  const Outcome outcome = run(named.scenario, stacks, settings);
  if (arguments.trace) {
    if (Status done = print_trace(trace); !done.ok()) return done;
  }
  std::string text = failure_text(outcome, {.replay_command = again, .artifact = ""});
  const std::string why = observed == nullptr ? "" : mismatch(*observed, outcome, arguments.source.program);
  if (observed != nullptr && why.empty()) {
    text += fmt::format("reproduced: {}, trace {}\n", observed->rule.empty() ? "a clean run" : observed->rule,
                        outcome.trace_hash);
  } else if (observed == nullptr && !outcome.failure) {
    text += fmt::format("seed {} is clean: {} operations, {} crashes, trace {}\n", arguments.source.what,
                        outcome.stats.operations, outcome.stats.crashes, outcome.trace_hash);
  }
  if (Status done = cli::print(text); !done.ok()) return done;
  if (!why.empty()) {
    cli::print_error(fmt::format("{}\n  made by {}\n", why, observed->made_by));
    if (verdict_of(*observed, outcome) == Verdict::kOtherTrace) {
      cli::print_error(
          "  where the runs part: `trace FILE > a.trace` there, and here `trace FILE --against a.trace`\n");
    }
    if (!observed->rule.empty()) {
      cli::print_error(fmt::format("  after a change of the code: {} --adapt\n", again));
    }
    return cli::Exit::kNotReproduced;
  }
  return outcome.failure ? cli::Exit::kFinding : cli::Exit::kDone;
}

// The incarnation that fails, from 1; of a clean run the last.
std::size_t failing_incarnation(const NamedScenario& named, const ReplayArguments& arguments, StackPool& stacks) {
  if (named.file && named.file->incarnation > 0) return named.file->incarnation;
  RunSettings settings = settings_of(arguments);
  settings.story_lines = 0;
  const Outcome outcome = run(named.scenario, stacks, settings);
  return outcome.failure ? outcome.failure->incarnation : outcome.recorded.incarnations.size();
}

// Up to a step: its story so far, or gdb there.
cli::Ending replay_to_step(const NamedScenario& named, const ReplayArguments& arguments) {
  if (arguments.break_at && !has_debugger()) {
    return become_debugger(fmt::format("{} --break {}", replay_words(arguments.source, named), *arguments.break_at));
  }
  report_crashes();
  this_thread_runs(arguments.source.what, replay_words(arguments.source, named));
  StackPool stacks;
  RunSettings settings = settings_of(arguments);
  const std::uint64_t step = arguments.break_at ? *arguments.break_at : *arguments.until;
  settings.stop = StopAt{.incarnation = failing_incarnation(named, arguments, stacks), .step = step};
  if (arguments.break_at) settings.stop->call = stop_in_debugger;
  Trace trace(arguments.trace);
  settings.trace = &trace;
  const Outcome outcome = run(named.scenario, stacks, settings);
  if (arguments.trace) {
    if (Status done = print_trace(trace); !done.ok()) return done;
  }
  std::string text;
  for (const std::string& line : outcome.story) text += line + "\n";
  const bool stopped = outcome.failure && outcome.failure->rule == "livelock";
  text += stopped ? fmt::format("in incarnation {}, {}\n", settings.stop->incarnation, outcome.failure->what)
                  : fmt::format("incarnation {} ends before step {}\n", settings.stop->incarnation, step);
  if (outcome.failure && !stopped) text += fmt::format("rule {}: {}\n", outcome.failure->rule, outcome.failure->what);
  return cli::print(text);
}

cli::Ending replay_adapted_file(const NamedScenario& named, const ReplayArguments& arguments) {
  if (!named.file) return Error(Code::kInvalidArgument, "--adapt is for a scenario file").in(arguments.source.what);
  if (named.file->rule.empty()) return Error(Code::kInvalidArgument, "a clean run").in(arguments.source.what);
  report_crashes();
  this_thread_runs(arguments.source.what, replay_words(arguments.source, named) + " --adapt");
  StackPool stacks;
  RunSettings settings = settings_of(arguments);
  settings.story_lines = 0;
  AdaptedReplay replay = replay_adapted(*named.file, stacks, settings);
  const bool reproduced = replay.verdict == AdaptedVerdict::kReproduced;
  std::string text;
  if (reproduced && arguments.story_lines > 0) {
    const Outcome with_story = run(replay.outcome.recorded, stacks, settings_of(arguments));
    text = failure_text(with_story,
                        {.replay_command = replay_words(arguments.source, named) + " --adapt", .artifact = ""});
  }
  constexpr std::string_view kMeanings[] = {"it fails by rule ", "every decision is met, and nothing breaks rule ",
                                            "its decisions are not met any more, and no other run broke rule "};
  text += fmt::format("{}: {}{}{}\n", to_string(replay.verdict), kMeanings[static_cast<std::size_t>(replay.verdict)],
                      named.file->rule, reproduced && replay.adapted ? ", with decisions moved or taken anew" : "");
  if (Status done = cli::print(text); !done.ok()) return done;
  if (reproduced) return cli::Exit::kFinding;
  return replay.verdict == AdaptedVerdict::kFixed ? cli::Exit::kDone : cli::Exit::kNotReproduced;
}

}  // namespace

cli::Ending replay_command(const ReplayArguments& arguments) {
  const auto source = scenario_from(arguments.source);
  if (const auto* refused = std::get_if<cli::Ending>(&source)) return *refused;
  const auto& named = std::get<NamedScenario>(source);
  if ((arguments.adapt ? 1 : 0) + (arguments.until ? 1 : 0) + (arguments.break_at ? 1 : 0) > 1) {
    return Error(Code::kInvalidArgument, "--adapt, --until and --break exclude one another");
  }
  if (arguments.break_at || arguments.until) return replay_to_step(named, arguments);
  if (arguments.adapt) return replay_adapted_file(named, arguments);
  return replay_scenario(named, arguments);
}

}  // namespace mylonite::sim
