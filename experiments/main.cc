// mylonite-lab: the laboratory. See `mylonite-lab --help`.
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/base/release.h"
#include "experiments/bench/bench.h"

namespace {

using mylonite::experiments::BenchArguments;
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

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*worker_command) return mylonite::experiments::worker_main(job);
  if (*bench_command) return bench(arguments, json);
  std::fputs("mylonite-lab: expected a command: bench (see --help)\n", stderr);
  return 2;
}
