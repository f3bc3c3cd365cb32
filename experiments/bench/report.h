// The results of a benchmark as JSON and as a table. Pure: text from values.
#pragma once

#include <string>
#include <vector>

#include "experiments/bench/engine.h"
#include "experiments/bench/figures.h"
#include "experiments/bench/worker.h"

namespace mylonite::experiments {

struct BenchResult {
  std::string workload;
  std::string engine;
  std::vector<Figures> rounds;
};

struct BenchReport {
  WorkerJob settings;  // of every worker, without engine, workload and directory
  std::uint64_t rounds = 0;
  std::vector<EngineKind> engines;  // all requested, also those that are not built
  std::vector<BenchResult> results;
};

struct Machine {
  std::string processor;
  unsigned cores = 0;
  std::string kernel;
  std::string compiler;
};
Machine this_machine();

// {"results": [{"workload", "engine", figures…, "ratios": {peer: ops_per_s / the peer's}}], "engines", "settings",
// "machine"}
std::string json_report(const BenchReport& report, const Machine& machine);
std::string text_report(const BenchReport& report);

}  // namespace mylonite::experiments
