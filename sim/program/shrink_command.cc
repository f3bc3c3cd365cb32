#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/cli/files.h"
#include "core/cli/interrupt.h"
#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/crash_report.h"
#include "sim/program/output_checks.h"
#include "sim/program/shrink_progress.h"
#include "sim/run/replay.h"
#include "sim/shrink/as_test.h"
#include "sim/shrink/shrink.h"
#include "sim/shrink/shrink_text.h"

namespace mylonite::sim {
namespace {

// "seed-7.repro" → "seed-7.small"; "7" → "seed-7.small".
std::string stem_of_result(const NamedScenario& named, const std::string& what) {
  if (!named.file) return "seed-" + what + ".small";
  const std::size_t ending = what.rfind(".repro");
  return what.substr(0, ending) + (what.ends_with(".small.repro") ? "" : ".small");
}

Result<std::string> save(const Shrunk& shrunk, const std::string& stem, const ShrinkArguments& arguments) {
  Repro repro = repro_of(shrunk.outcome);
  repro.program = arguments.source.program;
  const std::string text = encode_repro(repro, {});
  if (arguments.output.empty()) return cli::keep_file(stem, ".repro", text);
  if (const Status written = cli::write_file(arguments.output, text); !written.ok()) return written.error();
  return arguments.output;
}

}  // namespace

cli::Ending shrink_command(const ShrinkArguments& arguments) {
  const auto source = scenario_from(arguments.source);
  if (const auto* refused = std::get_if<cli::Ending>(&source)) return *refused;
  const auto& named = std::get<NamedScenario>(source);
  const std::string stem = stem_of_result(named, arguments.source.what);
  const std::string output = arguments.output.empty() ? stem + ".repro" : arguments.output;
  std::vector<cli::GivenPath> read;
  if (named.file && !arguments.test.empty()) read.push_back({.option = "FILE", .path = arguments.source.what});
  if (auto refused = refuse_outputs({{.option = "--as-test", .path = arguments.test}}, read)) return *refused;
  if (auto refused =
          refuse_outputs({{.option = "-o", .path = output}, {.option = "--as-test", .path = arguments.test}})) {
    return *refused;
  }
  cli::take_interrupts("interrupted; the smallest so far is kept");
  report_crashes();
  this_thread_runs(arguments.source.what, replay_words(arguments.source, named));
  StackPool stacks;
  ShrinkProgress progress;
  const HangsOfCandidates soon(named.file ? named.file->rule : "");
  const RunSettings settings{.policies = arguments.source.generator.policies, .store = arguments.source.store};
  const Shrunk shrunk =
      shrink(named.scenario, stacks, settings,
             {.time_ns = arguments.time_ns,
              .interrupt = &cli::interrupt_asked(),
              .on_smaller = [&](const ScenarioSize& size, std::uint64_t runs) { progress.show(size, runs); }});
  progress.clear();
  if (shrunk.end == ShrinkEnd::kDidNotFail) {
    cli::print_error(fmt::format("{}: the run does not fail; there is nothing to shrink\n", arguments.source.what));
    return cli::Exit::kNotReproduced;
  }
  const auto path = save(shrunk, stem, arguments);
  if (!path.ok()) return {path.error(), cli::Exit::kEnvironment};
  if (!arguments.test.empty()) {
    if (const Status written = cli::write_file(arguments.test, as_test(shrunk.outcome)); !written.ok()) {
      return {written.error(), cli::Exit::kEnvironment};
    }
  }
  const Signature signature = SignatureMaker().signature_of(*shrunk.outcome.failure);
  const std::string text =
      fmt::format("before:   {}\nafter:    {}\n{}\nfails by: {}\nscenario: {}\nreplay:   {} replay {}\n",
                  to_string(shrunk.before), to_string(shrunk.after), effort_text(shrunk), to_string(signature), *path,
                  shell_word(arguments.source.called_as), shell_word(*path));
  if (Status done = cli::print(text); !done.ok()) return done;
  return shrunk.end == ShrinkEnd::kInterrupted ? cli::interrupt_exit() : cli::Exit::kFinding;
}

}  // namespace mylonite::sim
