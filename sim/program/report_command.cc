#include <optional>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/base/release.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/crash_report.h"
#include "sim/program/output_checks.h"
#include "sim/program/trace_lines.h"
#include "sim/report/page.h"
#include "sim/report/perfetto.h"
#include "sim/run/replay.h"

namespace mylonite::sim {
namespace {

// The run that the arguments name, recorded.
struct Rerun {
  Recording recording{};
  bool reproduced = true;
};

// The page or the events must not take the place of the scenario file.
std::optional<cli::Ending> refuse_output(const char* option, const std::string& path, const NamedScenario& named,
                                         const ScenarioArguments& source) {
  std::vector<cli::GivenPath> read;
  if (named.file) read.push_back({.option = "FILE", .path = source.what});
  return refuse_outputs({{.option = option, .path = path}}, read);
}

Rerun record(const NamedScenario& named, const ScenarioArguments& arguments) {
  report_crashes();
  this_thread_runs(arguments.what, replay_words(arguments, named));
  StackPool stacks;
  Rerun made;
  const Outcome outcome =
      run(named.scenario, stacks,
          {.policies = arguments.generator.policies, .store = arguments.store, .recording = &made.recording});
  made.reproduced = !named.file || verdict_of(*named.file, outcome) == Verdict::kReproduced;
  return made;
}

cli::Ending save(const std::string& path, const std::string& text, bool reproduced) {
  if (Status done = cli::write_file(path, text); !done.ok()) return {done.error(), cli::Exit::kEnvironment};
  if (Status done = cli::print(fmt::format("{}: {} bytes\n", path, text.size())); !done.ok()) return done;
  if (reproduced) return cli::Exit::kDone;
  cli::print_error("did not reproduce: what was written is the run as this program has it, not the file's\n");
  return cli::Exit::kNotReproduced;
}

}  // namespace

cli::Ending report_command(const ReportArguments& arguments) {
  const auto source = scenario_from(arguments.source);
  if (const auto* refused = std::get_if<cli::Ending>(&source)) return *refused;
  const auto& named = std::get<NamedScenario>(source);
  if (auto refused = refuse_output("-o", arguments.out, named, arguments.source)) return *refused;
  const Rerun made = record(named, arguments.source);
  const std::string page =
      run_page(made.recording, {.replay_command = replay_words(arguments.source, named),
                                .made_by = fmt::format("{} {}", arguments.source.program, kRelease)});
  return save(arguments.out, page, made.reproduced);
}

cli::Ending trace_command(const ReportArguments& arguments) {
  if (arguments.perfetto.empty() && arguments.against.empty()) {
    return replay_command({.source = arguments.source, .trace = true});
  }
  const auto source = scenario_from(arguments.source);
  if (const auto* refused = std::get_if<cli::Ending>(&source)) return *refused;
  const auto& named = std::get<NamedScenario>(source);
  if (!arguments.against.empty()) return compare_traces(named, arguments.source, arguments.against);
  if (auto refused = refuse_output("--perfetto", arguments.perfetto, named, arguments.source)) return *refused;
  const Rerun made = record(named, arguments.source);
  return save(arguments.perfetto, perfetto_json(made.recording), made.reproduced);
}

}  // namespace mylonite::sim
