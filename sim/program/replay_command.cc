#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/cli/files.h"
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

cli::Ending replay_scenario(const Scenario& scenario, const ReplayArguments& arguments, const Repro* observed) {
  const bool by_seed = observed == nullptr;
  const std::string again = replay_words(arguments, by_seed);
  report_crashes();
  this_thread_runs((by_seed ? "seed " : "") + arguments.what, again);
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
  std::string text = failure_text(outcome, {.replay_command = again, .artifact = ""});
  const std::string why = observed == nullptr ? "" : mismatch(*observed, outcome, arguments.program);
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

cli::Ending unreadable(const Error& error, std::string next) {
  cli::Ending ending(error, cli::Exit::kUnreadable);
  ending.next = std::move(next);
  return ending;
}

// The seed that a scenario file came from, damaged or not; empty: not to be found.
std::string_view seed_in(std::string_view text) {
  constexpr std::string_view kSeed = "\"seed\": \"";
  const std::size_t provenance = text.find("\"provenance\"");
  const std::size_t found = provenance == std::string_view::npos ? provenance : text.find(kSeed, provenance);
  if (found == std::string_view::npos) return "";
  const std::string_view rest = text.substr(found + kSeed.size());
  const std::string_view seed = rest.substr(0, rest.find_first_not_of("0123456789"));
  return rest.substr(seed.size()).starts_with('"') ? seed : "";
}

std::string next_step(const Error& error, std::string_view text, const ReplayArguments& arguments) {
  if (error.code() == Code::kUnsupported) return "use the newer version that wrote it";
  const std::string_view seed = seed_in(text);
  if (seed.empty()) return "use an undamaged copy of the file";
  return fmt::format("use an undamaged copy, or `{} run --seed {}` with its run's options, which writes the file anew",
                     shell_word(arguments.called_as), seed);
}

}  // namespace

std::string replay_words(const ReplayArguments& arguments, bool by_seed) {
  const std::string words = by_seed ? " " + generator_words(arguments.generator) : "";
  return fmt::format("{} replay {}{}", shell_word(arguments.called_as), shell_word(arguments.what), words);
}

cli::Ending replay_command(const ReplayArguments& arguments) {
  return with_scenario(arguments, [&](const Scenario& scenario, const Repro* observed) {
    return replay_scenario(scenario, arguments, observed);
  });
}

cli::Ending with_scenario(const ReplayArguments& arguments, const ScenarioWork& work) {
  std::uint64_t seed = 0;
  const char* end = arguments.what.data() + arguments.what.size();
  const auto [stop, error] = std::from_chars(arguments.what.data(), end, seed);
  if (error == std::errc{} && stop == end) return work(generate(seed, arguments.generator), nullptr);

  const auto text = cli::read_file(arguments.what);
  if (!text.ok() && text.error().code() == Code::kNotFound) {
    const Error neither(Code::kNotFound, "neither a seed (0 to 18446744073709551615) nor a scenario file");
    return unreadable(neither.in(arguments.what), "give a seed, or the .repro file that a failing run has saved");
  }
  if (!text.ok()) return {text.error(), cli::Exit::kUnreadable};
  if (!arguments.generator_given.empty()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("{} is for a seed; a scenario file holds all of its run", arguments.generator_given[0]))
        .in(arguments.what);
  }
  const auto repro = decode_repro(*text);
  if (!repro.ok()) {
    return unreadable(repro.error().in(arguments.what), next_step(repro.error(), *text, arguments));
  }
  if (const std::string own = arguments.store ? first_of_mylonite(repro->scenario) : ""; !own.empty()) {
    const Error refused(Code::kInvalidArgument,
                        "'" + own + "' is Mylonite's own; the store of this program cannot do it");
    return {refused.in(arguments.what), cli::Exit::kUnreadable};
  }
  return work(repro->scenario, &*repro);
}

}  // namespace mylonite::sim
