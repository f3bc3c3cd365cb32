// mylonite-lab: the laboratory. See `mylonite-lab --help`.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/base/release.h"
#include "experiments/bench/bench.h"
#include "experiments/endure/endure.h"
#include "experiments/endure/open_time.h"

namespace {

using mylonite::experiments::BenchArguments;
using mylonite::experiments::EndureArguments;
using mylonite::experiments::OpenArguments;
using mylonite::experiments::RecoveryArguments;
using mylonite::experiments::WorkerJob;

void add_worker_options(CLI::App& command, WorkerJob& job) {
  command.add_option("--entries", job.stream.entries, "keys of a loaded store")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 31));
  command.add_option("--value-bytes", job.stream.value_bytes, "size of a value")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 20));
  command.add_option("--seed", job.stream.seed, "of keys' order and values")->capture_default_str();
  command.add_flag("--binary-keys", job.stream.binary_keys, "16 bytes spread over the range, not decimal digits");
  command.add_option("--synced-entries", job.synced_entries, "writes of fillsync at most")->capture_default_str();
  command.add_option("--cache-bytes", job.cache_bytes, "of each engine's block cache")->capture_default_str();
  command.add_option("--seconds-max", job.seconds_max, "one measurement stops after so long")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
}

int bench(BenchArguments& arguments, bool json) {
  std::error_code error;
  arguments.program = std::filesystem::read_symlink("/proc/self/exe", error);
  const bool shown = ::isatty(STDERR_FILENO) == 1;
  const auto report = mylonite::experiments::run_bench(arguments, [&](const std::string& what) {
    if (shown) std::fprintf(stderr, "\r\033[K%s", what.c_str());
  });
  if (shown) std::fputs("\r\033[K", stderr);
  if (!report.ok()) {
    std::fprintf(stderr, "mylonite-lab: %s\n", report.error().to_string().c_str());
    return report.error().code() == mylonite::Code::kInvalidArgument ? 2 : 7;
  }
  if (report->results.empty()) {
    std::fputs("mylonite-lab: nothing was measured: none of these engines is built\n", stderr);
    return 4;
  }
  const std::string text = json ? json_report(*report, mylonite::experiments::this_machine()) : text_report(*report);
  std::fputs(text.c_str(), stdout);
  return 0;
}

// Prints a report. Exit code: 7 where there is none, else 1 for a wrong answer in it.
template <class Report, class Judge>
int told(const mylonite::Result<Report>& report, bool json, Judge wrong) {
  if (!report.ok()) {
    std::fprintf(stderr, "mylonite-lab: %s\n", report.error().to_string().c_str());
    return report.error().code() == mylonite::Code::kInvalidArgument ? 2 : 7;
  }
  std::fputs((json ? json_report(*report) : text_report(*report)).c_str(), stdout);
  return wrong(*report) ? 1 : 0;
}

int endure(EndureArguments& arguments, const std::vector<std::string>& settings, bool json) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::string value = equals == std::string::npos ? "" : setting.substr(equals + 1);
    if (auto set = mylonite::set_option(arguments.options, setting.substr(0, equals), value); !set.ok()) {
      std::fprintf(stderr, "mylonite-lab: %s\n", set.error().to_string().c_str());
      return 2;
    }
  }
  return told(mylonite::experiments::run_endure(arguments), json,
              [](const auto& report) { return !report.failure.empty(); });
}

// The commands that live in experiments/endure.
class LifeCommands {
 public:
  explicit LifeCommands(CLI::App& app) {
    endure_command_ = app.add_subcommand(
        "endure", "a store's life on a real disk, every answer judged\nexample: mylonite-lab endure --policy tier");
    endure_command_->add_option("--entries", endure_.stream.entries, "keys")
        ->capture_default_str()
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 31));
    endure_command_->add_option("--value-bytes", endure_.stream.value_bytes, "size of a value")
        ->capture_default_str()
        ->check(CLI::Range(0, 1 << 20));
    endure_command_->add_option("--seed", endure_.stream.seed, "of keys' order and values")->capture_default_str();
    endure_command_->add_option("--policy", endure_.options.compaction_policy, "the store's")->capture_default_str();
    endure_command_->add_option("--set", settings_, "an option of the store, NAME=VALUE; repeatable");
    open_command_ = app.add_subcommand("open", "time and memory to open a store of many tables");
    open_command_->add_option("--tables", open_.tables, "about")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    open_command_->add_option("--rounds", open_.rounds, "medians are reported")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    open_command_->add_option("--open-files-max", open_.open_files_max, "the store's")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    recovery_command_ = app.add_subcommand("recovery", "time to open a store whose writer died, by size of its log");
    recovery_command_->add_option("--log-mib", recovery_.log_mib, "sizes")
        ->delimiter(',')
        ->capture_default_str()
        ->check(CLI::Range(1, 4096));
    for (CLI::App* command : {endure_command_, open_command_, recovery_command_}) {
      command->add_option("--dir", directory_, "where stores are made (default: for temporary files)");
      command->add_flag("--json", json_, "the report as JSON");
    }
  }

  // Empty: none of these was asked for.
  std::optional<int> run() {
    endure_.directory = open_.directory = recovery_.directory = directory_;
    if (*endure_command_) return endure(endure_, settings_, json_);
    if (*open_command_) {
      return told(mylonite::experiments::run_open(open_), json_,
                  [](const auto& report) { return !report.failure.empty(); });
    }
    if (*recovery_command_) {
      return told(mylonite::experiments::run_recovery(recovery_), json_, [](const auto& points) {
        return std::ranges::any_of(points, [](const auto& point) { return !point.failure.empty(); });
      });
    }
    return std::nullopt;
  }

 private:
  EndureArguments endure_;
  OpenArguments open_;
  RecoveryArguments recovery_;
  std::vector<std::string> settings_;
  std::string directory_;
  bool json_ = false;
  CLI::App* endure_command_ = nullptr;
  CLI::App* open_command_ = nullptr;
  CLI::App* recovery_command_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "mylonite-lab: measures the store\n"
      "example: mylonite-lab bench --entries 100000 --workloads fillrandom,readrandom"};
  app.set_version_flag("--version", fmt::format("mylonite-lab {}", mylonite::kRelease));
  app.require_subcommand(0, 1);  // none is refused below: CLI11 would not name a misspelt one

  BenchArguments arguments;
  bool json = false;
  CLI::App* bench_command = app.add_subcommand(
      "bench", "engines side by side\nexample: mylonite-lab bench --engines mylonite,leveldb --workloads readseq");
  bench_command->add_option("--engines", arguments.engines, "mylonite, rocksdb, leveldb")
      ->delimiter(',')
      ->capture_default_str();
  bench_command->add_option("--workloads", arguments.workloads, "fillseq, fillrandom, fillsync, overwrite, ...")
      ->delimiter(',')
      ->capture_default_str();
  bench_command->add_option("--rounds", arguments.rounds, "of each measurement; medians are reported")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  bench_command->add_option("--dir", arguments.directory, "where stores are made (default: for temporary files)");
  bench_command->add_flag("--json", json, "the report as JSON");
  add_worker_options(*bench_command, arguments.settings);

  WorkerJob job;
  CLI::App* worker_command = app.add_subcommand("bench-worker", "one measurement")->group("");  // hidden
  worker_command->add_option("--engine", job.engine)->required();
  worker_command->add_option("--workload", job.workload)->required();
  worker_command->add_option("--dir", job.directory)->required();
  add_worker_options(*worker_command, job);

  LifeCommands life(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*worker_command) return mylonite::experiments::worker_main(job);
  if (*bench_command) return bench(arguments, json);
  if (const auto code = life.run()) return *code;
  std::fputs("mylonite-lab: expected a command: bench, endure, open or recovery (see --help)\n", stderr);
  return 2;
}
