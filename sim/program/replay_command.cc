#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/crash_report.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

Status print_trace(const Trace& trace) {
  for (std::size_t i = 0; i < trace.all().size(); ++i) {
    const std::string line = fmt::format("{} {}\n", i, to_string(trace.all()[i]));
    if (Status done = cli::print(line); !done.ok()) return done;
  }
  return {};
}

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

cli::Ending replay_scenario(const NamedScenario& named, const ReplayArguments& arguments) {
  const Repro* observed = named.file ? &*named.file : nullptr;
  const std::string again = replay_words(arguments.source, named);
  report_crashes();
  this_thread_runs((observed == nullptr ? "seed " : "") + arguments.source.what, again);
  StackPool stacks;
  Trace trace(arguments.trace);
  const Outcome outcome = run(named.scenario, stacks,
                              {.story_lines = arguments.story_lines,
                               .trace = &trace,
                               .policies = arguments.source.generator.policies,
                               .store = arguments.source.store});
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
    return cli::Exit::kNotReproduced;
  }
  return outcome.failure ? cli::Exit::kFinding : cli::Exit::kDone;
}

}  // namespace

cli::Ending replay_command(const ReplayArguments& arguments) {
  const auto named = scenario_from(arguments.source);
  if (const auto* refused = std::get_if<cli::Ending>(&named)) return *refused;
  return replay_scenario(std::get<NamedScenario>(named), arguments);
}

}  // namespace mylonite::sim
