#include "experiments/program/program.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "core/cli/program.h"
#include "core/cli/settings.h"
#include "core/compaction/policies.h"
#include "experiments/bench/bench.h"
#include "experiments/endure/endure.h"
#include "experiments/endure/open_time.h"
#include "experiments/program/amplification_command.h"
#include "experiments/program/decision_commands.h"
#include "experiments/program/ending.h"
#include "experiments/program/export_command.h"
#include "experiments/program/lab_commands.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;
using cli::Parameter;
using cli::Range;
using Parameters = std::vector<Parameter>;

constexpr Range kEntries{.low = 1, .high = std::uint64_t{1} << 31};
constexpr Range kValueBytes{.low = 0, .high = std::uint64_t{1} << 20};
constexpr Range kSeconds{.low = 1, .high = 3600};
constexpr Range kRounds{.low = 1, .high = 1000};
constexpr Range kTables{.low = 1, .high = 1'000'000};
constexpr Range kLogMib{.low = 1, .high = 4096};

// The targets of the commands' values.
struct Arguments {
  BenchArguments bench{};
  WorkerJob job{};
  EndureArguments endure{};
  OpenArguments open{};
  RecoveryArguments recovery{};
  LabArguments lab{};
  std::vector<std::string> settings{};
  std::string directory{};
  bool json = false;
};

// The file system of --dir refuses the directory that every command makes in it.
std::string next_step(const Error& error) {
  if (!error.message().starts_with("no directory can be made here")) return "";
  return "name a directory that exists, and that you may write, with --dir";
}

// --policy says it, so that what is printed is what ran.
Status check_policy_is_not_set(const std::vector<std::string>& settings) {
  const auto all = cli::parse_settings(settings);
  if (!all.ok()) return all.error();
  for (const auto& [name, value] : *all) {
    if (name == "compaction_policy") {
      return Error(Code::kInvalidArgument, fmt::format("--set compaction_policy: expected --policy {}", value));
    }
  }
  return {};
}

// The settings of `bench` and its worker, checked.
Status take_settings(const Arguments& arguments, StoreSettings& mylonite) {
  Options options;
  if (Status good = check_policy_is_not_set(arguments.settings); !good.ok()) return good;
  if (Status good = cli::apply_settings(arguments.settings, options); !good.ok()) return good;
  const auto settings = cli::parse_settings(arguments.settings);
  if (!settings.ok()) return settings.error();
  for (const auto& [name, value] : *settings) mylonite.options.emplace_back(name, value);
  if (!mylonite.policy.empty()) options.compaction_policy = mylonite.policy;
  const auto policy = configure_policy(mylonite.policies, options.compaction_policy);
  return policy.ok() ? Status() : Status(policy.error());
}

Ending stopped_or_failed(const std::string& program, const Error& error) {
  if (error.code() != Code::kClosed || !cli::interrupt_asked()) return failed(error);
  return stopped(program, "before it had anything to report; its files are removed");
}

Ending bench(Arguments& all, const std::string& program) {
  BenchArguments& arguments = all.bench;
  const bool json = all.json;
  if (Status good = take_settings(all, arguments.settings.mylonite); !good.ok()) return good;
  std::error_code error;
  arguments.program = std::filesystem::read_symlink("/proc/self/exe", error);
  const bool shown = cli::errors_go_to_a_terminal();
  cli::take_interrupts();
  arguments.stop = cli::interrupt_asked;
  const auto report = run_bench(arguments, [&](const std::string& what) {
    if (shown) cli::print_error("\r\033[K" + what);
  });
  if (shown) cli::print_error("\r\033[K");
  if (!report.ok()) return stopped_or_failed(program, report.error());
  if (report->results.empty()) {
    cli::print_error(program + ": nothing was measured: none of these engines is built\n");
    return Exit::kNothingRan;
  }
  if (Status done = cli::print(json ? json_report(*report, this_machine()) : text_report(*report)); !done.ok()) {
    return done;
  }
  return cli::interrupt_asked() ? stopped(program, "after some workloads; what stands above is complete")
                                : Ending(Exit::kDone);
}

// The worker's side of a benchmark: prints a line of figures.
Ending work(Arguments& arguments) {
  WorkerJob& job = arguments.job;
  if (Status good = take_settings(arguments, job.mylonite); !good.ok()) return good;
  const auto figures = run_worker(job);
  if (figures.ok()) return cli::print(encode_figures(*figures) + "\n");
  const Error error = figures.error().prefixed(fmt::format("{} on {}", job.workload, job.engine));
  return {error, error.code() == Code::kCorruption ? Exit::kFinding : Exit::kEnvironment};
}

// Prints a report; a wrong answer in it is a finding.
template <class Report, class Judge>
Ending show(const std::string& program, const Result<Report>& report, bool json, Judge wrong) {
  if (!report.ok()) return stopped_or_failed(program, report.error());
  if (Status done = cli::print(json ? json_report(*report) : text_report(*report)); !done.ok()) return done;
  return wrong(*report) ? Exit::kFinding : Exit::kDone;
}

Ending endure(Arguments& arguments, const std::string& program) {
  if (Status good = check_policy_is_not_set(arguments.settings); !good.ok()) return good;
  if (Status good = cli::apply_settings(arguments.settings, arguments.endure.options); !good.ok()) return good;
  const auto policy = configure_policy(arguments.endure.policies, arguments.endure.options.compaction_policy);
  if (!policy.ok()) return policy.error();
  arguments.endure.directory = arguments.directory;
  cli::take_interrupts();
  arguments.endure.stop = cli::interrupt_asked;
  return show(program, run_endure(arguments.endure), arguments.json,
              [](const EndureReport& report) { return !report.failure.empty(); });
}

Ending open(Arguments& arguments, const std::string& program) {
  arguments.open.directory = arguments.directory;
  cli::take_interrupts();
  arguments.open.stop = cli::interrupt_asked;
  return show(program, run_open(arguments.open), arguments.json,
              [](const OpenReport& report) { return !report.failure.empty(); });
}

Ending recovery(Arguments& arguments, const std::string& program) {
  arguments.recovery.directory = arguments.directory;
  cli::take_interrupts();
  arguments.recovery.stop = cli::interrupt_asked;
  return show(program, run_recovery(arguments.recovery), arguments.json, [](const std::vector<RecoveryPoint>& points) {
    return std::ranges::any_of(points, [](const RecoveryPoint& point) { return !point.failure.empty(); });
  });
}

Parameter entries(StreamOptions& stream, std::string meaning) {
  return {.name = "--entries",
          .to = &stream.entries,
          .meaning = std::move(meaning),
          .has_default = true,
          .range = kEntries};
}

Parameter value_bytes(StreamOptions& stream) {
  return {.name = "--value-bytes",
          .to = &stream.value_bytes,
          .meaning = "size of a value",
          .has_default = true,
          .range = kValueBytes,
          .size = true};
}

Parameter seed(StreamOptions& stream) {
  return {.name = "--seed", .to = &stream.seed, .meaning = "of keys' order and values", .has_default = true};
}

Parameters with(Parameters all, Parameters more) {
  for (Parameter& each : more) all.push_back(std::move(each));
  return all;
}

Parameters common(std::string& directory, bool& json) {
  return {{.name = "--dir",
           .to = &directory,
           .meaning = "where stores are made (default: for temporary files)",
           .offer = cli::Offer::kDirectories},
          {.name = "--json", .to = &json, .meaning = "the report as JSON"}};
}

Parameter settings(Arguments& arguments, std::string meaning) {
  return {.name = "--set",
          .to = &arguments.settings,
          .meaning = std::move(meaning),
          .repeats = true,
          .type = "NAME=VALUE",
          .words = cli::setting_words()};
}

Parameters job_parameters(Arguments& arguments, WorkerJob& job) {
  return {{.name = "--policy", .to = &job.mylonite.policy, .meaning = "Mylonite's, with parameters: lazy:T=4"},
          settings(arguments, "set an option of Mylonite; may be repeated; peers keep theirs"),
          entries(job.stream, "keys of a loaded store"),
          value_bytes(job.stream),
          seed(job.stream),
          {.name = "--binary-keys",
           .to = &job.stream.binary_keys,
           .meaning = "16 bytes spread over the range, not decimal digits"},
          {.name = "--synced-entries",
           .to = &job.synced_entries,
           .meaning = "most writes of fillsync",
           .has_default = true},
          {.name = "--cache-bytes",
           .to = &job.cache_bytes,
           .meaning = "of each engine's block cache",
           .has_default = true,
           .size = true},
          {.name = "--seconds-max",
           .to = &job.seconds_max,
           .meaning = "time limit of one measurement",
           .has_default = true,
           .range = kSeconds}};
}

Parameters bench_parameters(Arguments& arguments) {
  BenchArguments& bench = arguments.bench;
  const Parameters own = {
      {.name = "--engines", .to = &bench.engines, .meaning = "mylonite, rocksdb, leveldb", .has_default = true},
      {.name = "--workloads",
       .to = &bench.workloads,
       .meaning = "fillseq, fillrandom, fillsync, overwrite, ...",
       .has_default = true},
      {.name = "--rounds",
       .to = &bench.rounds,
       .meaning = "of each measurement; medians are reported",
       .has_default = true,
       .range = kRounds}};
  return with(with(own, common(bench.directory, arguments.json)), job_parameters(arguments, bench.settings));
}

Parameters worker_parameters(Arguments& arguments) {
  WorkerJob& job = arguments.job;
  const Parameters own = {{.name = "--engine", .to = &job.engine, .required = true},
                          {.name = "--workload", .to = &job.workload, .required = true},
                          {.name = "--dir", .to = &job.directory, .required = true}};
  return with(own, job_parameters(arguments, job));
}

Parameters endure_parameters(Arguments& arguments) {
  EndureArguments& endure = arguments.endure;
  const Parameters own = {
      entries(endure.stream, "keys"),
      value_bytes(endure.stream),
      seed(endure.stream),
      {.name = "--policy", .to = &endure.options.compaction_policy, .meaning = "the store's", .has_default = true},
      settings(arguments, "set an option of the store; may be repeated")};
  return with(own, common(arguments.directory, arguments.json));
}

Parameters open_parameters(Arguments& arguments) {
  OpenArguments& open = arguments.open;
  const Parameters own = {
      {.name = "--tables", .to = &open.tables, .meaning = "about", .has_default = true, .range = kTables},
      {.name = "--rounds",
       .to = &open.rounds,
       .meaning = "medians are reported",
       .has_default = true,
       .range = kRounds},
      {.name = "--open-files-max",
       .to = &open.open_files_max,
       .meaning = "the store's",
       .has_default = true,
       .range = kTables}};
  return with(own, common(arguments.directory, arguments.json));
}

Parameters recovery_parameters(Arguments& arguments) {
  const Parameters own = {{.name = "--log-mib",
                           .to = &arguments.recovery.log_mib,
                           .meaning = "sizes",
                           .has_default = true,
                           .range = kLogMib}};
  return with(own, common(arguments.directory, arguments.json));
}

std::vector<cli::Command> commands(Arguments& arguments, const std::string& program) {
  return {{.name = "bench",
           .what = "engines side by side",
           .example = program + " bench --engines mylonite,leveldb --workloads readseq",
           .parameters = bench_parameters(arguments),
           .run = [&arguments, program] { return bench(arguments, program); }},
          {.name = "endure",
           .what = "run a store through all phases on a real disk, and check every answer",
           .example = program + " endure --policy tier",
           .parameters = endure_parameters(arguments),
           .run = [&arguments, program] { return endure(arguments, program); }},
          {.name = "open",
           .what = "time and memory to open a store of many tables",
           .example = program + " open --tables 1000",
           .parameters = open_parameters(arguments),
           .run = [&arguments, program] { return open(arguments, program); }},
          {.name = "recovery",
           .what = "time to open a store whose writer died, by size of its log",
           .example = program + " recovery --log-mib 1,64",
           .parameters = recovery_parameters(arguments),
           .run = [&arguments, program] { return recovery(arguments, program); }},
          {.name = "bench-worker",
           .what = "one measurement",
           .example = program + " bench-worker --engine mylonite --workload fillseq --dir new",
           .parameters = worker_parameters(arguments),
           .run = [&] { return work(arguments); },
           .hidden = true}};
}

}  // namespace

int run_program(int argc, const char* const* argv, const ProgramParts& parts) {
  Arguments arguments;
  arguments.endure.policies = parts.compaction_policies;
  arguments.bench.settings.mylonite.policies = parts.compaction_policies;
  arguments.job.mylonite.policies = parts.compaction_policies;
  arguments.lab.program = parts.name;
  arguments.lab.policies = parts.compaction_policies;
  std::vector<cli::Command> all = lab_commands(arguments.lab, parts.name);
  for (cli::Command& each : decision_commands(arguments.lab, parts.name)) all.push_back(std::move(each));
  all.push_back(amplification_command(arguments.lab, parts.name));
  all.push_back(export_command(arguments.lab, parts.name));
  for (cli::Command& each : commands(arguments, parts.name)) all.push_back(std::move(each));
  const cli::Program program{.name = parts.name,
                             .what = parts.name + ": compares compaction strategies, and measures the store",
                             .example = parts.name + " compare full one_lvl tier --seeds 5",
                             .commands = std::move(all),
                             .next_step = next_step,
                             .exits = {{.code = Exit::kDone, .meaning = "done; of claims: each has a verdict"},
                                       {.code = Exit::kFinding, .meaning = "a wrong answer, or a property violated"},
                                       {.code = Exit::kUsage, .meaning = "bad command line, spec or input file"},
                                       {.code = Exit::kNothingRan, .meaning = "nothing ran"},
                                       {.code = Exit::kEnvironment, .meaning = "a file or the machine failed"},
                                       {.code = Exit::kInterrupted, .meaning = "stopped by SIGINT; by SIGTERM 143"}},
                             .see_also = {"mylonite", "mylonite-sim"}};
  return cli::run_program(program, argc, argv);
}

}  // namespace mylonite::experiments
