#include <charconv>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/files.h"
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
std::string mismatch(const Repro& repro, const Outcome& outcome) {
  const std::string found = in_words(outcome.failure ? outcome.failure->rule : "");
  switch (verdict_of(repro, outcome)) {
    case Verdict::kReproduced: break;
    case Verdict::kOtherRule:
      return fmt::format("did not reproduce: expected {}, found {}", in_words(repro.rule), found);
    case Verdict::kOtherTrace:
      return fmt::format("did not reproduce: trace hash: expected {}, found {}", repro.trace_hash, outcome.trace_hash);
    case Verdict::kStale:
      return fmt::format(
          "stale: expected {}, found {}, but recorded decisions were never met; the code has changed since",
          in_words(repro.rule), found);
  }
  return "";
}

cli::Ending replay_scenario(const Scenario& scenario, const ReplayArguments& arguments, const Repro* observed) {
  StackPool stacks;
  Trace trace(arguments.trace);
  const Outcome outcome = run(scenario, stacks,
                              {.story_lines = arguments.story_lines,
                               .trace = &trace,
                               .policies = arguments.generator.policies,
                               .store = arguments.store});
  if (arguments.trace) {
    if (Status done = print_trace(trace); !done.ok()) return done;
  }
  const std::string again = fmt::format("{} replay {}", shell_word(arguments.called_as), shell_word(arguments.what));
  std::string text = failure_text(outcome, {.replay_command = again, .artifact = ""});
  const std::string why = observed == nullptr ? "" : mismatch(*observed, outcome);
  if (observed != nullptr && why.empty()) {
    text += fmt::format("reproduced: {}, trace {}\n", observed->rule.empty() ? "a clean run" : observed->rule,
                        outcome.trace_hash);
  } else if (observed == nullptr && !outcome.failure) {
    text += fmt::format("seed {} is clean: {} operations, {} crashes, trace {}\n", arguments.what,
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
  std::uint64_t seed = 0;
  const char* end = arguments.what.data() + arguments.what.size();
  const auto [stop, error] = std::from_chars(arguments.what.data(), end, seed);
  if (error == std::errc{} && stop == end)
    return replay_scenario(generate(seed, arguments.generator), arguments, nullptr);

  const auto text = read_file(arguments.what);
  if (!text.ok()) return {text.error(), cli::Exit::kUnreadable};
  const auto repro = decode_repro(*text);
  if (!repro.ok()) return {repro.error().in(arguments.what), cli::Exit::kUnreadable};
  if (const std::string own = arguments.store ? first_of_mylonite(repro->scenario) : ""; !own.empty()) {
    const Error refused(Code::kInvalidArgument,
                        "'" + own + "' is Mylonite's own; the store of this program cannot do it");
    return {refused.in(arguments.what), cli::Exit::kUnreadable};
  }
  return replay_scenario(repro->scenario, arguments, &*repro);
}

}  // namespace mylonite::sim
