#include <fmt/format.h>

#include "core/base/release.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/crash_report.h"
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

Rerun record(const Scenario& scenario, const ReplayArguments& arguments, const Repro* file) {
  report_crashes();
  this_thread_runs(arguments.what, replay_words(arguments, file == nullptr));
  StackPool stacks;
  Rerun made;
  const Outcome outcome =
      run(scenario, stacks,
          {.policies = arguments.generator.policies, .store = arguments.store, .recording = &made.recording});
  made.reproduced = file == nullptr || verdict_of(*file, outcome) == Verdict::kReproduced;
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
  return with_scenario(arguments.replay, [&](const Scenario& scenario, const Repro* file) {
    const Rerun made = record(scenario, arguments.replay, file);
    const std::string page =
        run_page(made.recording, {.replay_command = replay_words(arguments.replay, file == nullptr),
                                  .made_by = fmt::format("{} {}", arguments.replay.program, kRelease)});
    return save(arguments.out, page, made.reproduced);
  });
}

cli::Ending trace_command(const ReportArguments& arguments) {
  if (arguments.perfetto.empty()) {
    ReplayArguments replay = arguments.replay;
    replay.trace = true;
    return replay_command(replay);
  }
  return with_scenario(arguments.replay, [&](const Scenario& scenario, const Repro* file) {
    const Rerun made = record(scenario, arguments.replay, file);
    return save(arguments.perfetto, perfetto_json(made.recording), made.reproduced);
  });
}

}  // namespace mylonite::sim
