#include "experiments/bench/bench.h"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "core/base/names.h"

namespace mylonite::experiments {
namespace {

namespace files = std::filesystem;

constexpr std::uint64_t kLoadSecondsMax = 3600;  // in effect no limit for a load
constexpr int kAskEveryMs = 100;                 // whether to stop

std::vector<std::string> worker_words(const std::string& program, const WorkerJob& job) {
  std::vector<std::string> words = {program,      "bench-worker", "--engine", job.engine,
                                    "--workload", job.workload,   "--dir",    job.directory};
  const auto number = [&](const char* option, std::uint64_t value) {
    words.emplace_back(option);
    words.push_back(fmt::format("{}", value));
  };
  number("--entries", job.stream.entries);
  number("--value-bytes", job.stream.value_bytes);
  number("--seed", job.stream.seed);
  number("--synced-entries", job.synced_entries);
  number("--cache-bytes", job.cache_bytes);
  number("--seconds-max", job.seconds_max);
  if (!job.mylonite.policy.empty()) words.insert(words.end(), {"--policy", job.mylonite.policy});
  for (const auto& [name, value] : job.mylonite.options) {
    words.insert(words.end(), {"--set", fmt::format("{}={}", name, value)});
  }
  if (job.stream.binary_keys) words.emplace_back("--binary-keys");
  return words;
}

// All that a child writes; it is killed when it shall stop.
std::string read_all(int end, pid_t child, const Stop& stop) {
  std::string output;
  char buffer[4096];
  while (true) {
    pollfd ready{.fd = end, .events = POLLIN, .revents = 0};
    const int some = ::poll(&ready, 1, kAskEveryMs);
    if (!check_stop(stop).ok()) ::kill(child, SIGKILL);
    if (some <= 0) continue;
    const ssize_t got = ::read(end, buffer, sizeof buffer);
    if (got <= 0) return output;
    output.append(buffer, static_cast<std::size_t>(got));
  }
}

// Runs a program and returns its standard output; empty when it did not exit with 0.
std::string output_of(const std::vector<std::string>& words, const Stop& stop) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  ::posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const std::string output = failed == 0 ? read_all(ends[0], child, stop) : std::string();
  ::close(ends[0]);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child) return {};
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? output : std::string();
}

class Bench {
 public:
  Bench(const BenchArguments& arguments, files::path directory, const std::function<void(const std::string&)>& progress)
      : arguments_(arguments), directory_(std::move(directory)), progress_(progress) {}

  Result<Figures> measure(const EngineKind& engine, const Workload& workload) {
    if (workload.loaded) {
      if (Status loaded = load(engine); !loaded.ok()) return loaded.error();
    }
    const bool reads_only = workload.loaded && !workload.writes();
    const files::path place = reads_only ? loaded_store(engine) : directory_ / "run";
    if (!reads_only) {
      files::remove_all(place);
      if (workload.loaded) files::copy(loaded_store(engine), place, files::copy_options::recursive);
    }
    progress_(fmt::format("{} {}", workload.name, engine.name));
    auto figures = work(engine, workload.name, place, arguments_.settings.seconds_max);
    if (!reads_only) files::remove_all(place);
    return figures;
  }

 private:
  files::path loaded_store(const EngineKind& engine) const { return directory_ / std::string(engine.name); }

  Status load(const EngineKind& engine) {
    if (!loaded_.insert(engine.name).second) return {};
    progress_(fmt::format("loading {}", engine.name));
    const auto loaded = work(engine, "fillrandom", loaded_store(engine), kLoadSecondsMax);
    return loaded.ok() ? Status() : Status(loaded.error());
  }

  Result<Figures> work(const EngineKind& engine, std::string_view workload, const files::path& place,
                       std::uint64_t seconds_max) const {
    WorkerJob job = arguments_.settings;
    job.seconds_max = seconds_max;
    job.engine = engine.name;
    job.workload = workload;
    job.directory = place;
    Figures figures;
    const std::string output = output_of(worker_words(arguments_.program, job), arguments_.stop);
    if (Status on = check_stop(arguments_.stop); !on.ok()) return on.error();
    if (decode_figures(output, figures)) return figures;
    return Error(Code::kIo, fmt::format("{} on {} failed; its reason stands above", workload, engine.name));
  }

  const BenchArguments& arguments_;
  files::path directory_;
  const std::function<void(const std::string&)>& progress_;
  std::set<std::string_view> loaded_;
};

Result<BenchReport> measure_all(const BenchArguments& arguments, const std::vector<const Workload*>& chosen,
                                Bench& bench, BenchReport report) {
  for (const Workload* workload : chosen) {
    const std::size_t first = report.results.size();
    for (const EngineKind& kind : report.engines) {
      if (kind.open == nullptr) continue;
      report.results.push_back(
          {.workload = std::string(workload->name), .engine = std::string(kind.name), .rounds = {}});
    }
    for (std::uint64_t round = 0; round < arguments.rounds; ++round) {
      for (std::size_t i = first; i < report.results.size(); ++i) {
        auto figures = bench.measure(*find_engine(report.results[i].engine), *workload);
        if (!figures.ok() && first > 0 && !check_stop(arguments.stop).ok()) {
          report.results.resize(first);  // those of earlier workloads are complete
          return report;
        }
        if (!figures.ok()) return figures.error();
        report.results[i].rounds.push_back(*figures);
      }
    }
  }
  return report;
}

}  // namespace

Result<BenchReport> run_bench(const BenchArguments& arguments,
                              const std::function<void(const std::string&)>& progress) {
  BenchReport report{.settings = arguments.settings, .rounds = arguments.rounds, .engines = {}, .results = {}};
  for (const std::string& name : arguments.engines) {
    const EngineKind* kind = find_engine(name);
    if (kind == nullptr) return unknown_name("engine", name, names_of(engine_kinds()));
    report.engines.push_back(*kind);
  }
  std::vector<const Workload*> chosen;
  for (const std::string& name : arguments.workloads) {
    chosen.push_back(find_workload(name));
    if (chosen.back() != nullptr) continue;
    return unknown_name("workload", name, names_of(workloads()));
  }
  std::error_code error;
  const files::path parent =
      arguments.directory.empty() ? files::temp_directory_path(error) : files::path(arguments.directory);
  const files::path directory = parent / fmt::format("mylonite-bench-{}", ::getpid());
  if (!files::create_directories(directory, error)) {
    return Error(Code::kIo, "no directory can be made here: " + error.message()).in(parent);
  }
  Bench bench(arguments, directory, progress);
  auto done = measure_all(arguments, chosen, bench, std::move(report));
  files::remove_all(directory, error);
  return done;
}

}  // namespace mylonite::experiments
