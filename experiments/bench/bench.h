// `mylonite-lab bench`: engines side by side. Each measurement is a process of its own: this program, as a worker. Each
// round runs all engines, so that other load of the machine affects all alike.
//
// Each engine's loaded store is made once, by a fill that is not measured; workloads that write begin from a copy.
// Everything is below one directory, which is removed at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mylonite/status.h>

#include "experiments/bench/report.h"
#include "experiments/bench/stop.h"

namespace mylonite::experiments {

struct BenchArguments {
  std::vector<std::string> engines = {"mylonite", "rocksdb", "leveldb"};
  std::vector<std::string> workloads = {"fillrandom", "fillsync", "overwrite", "readrandom", "readseq", "seekrandom10"};
  std::uint64_t rounds = 3;
  std::string directory;  // empty: in the system's place for temporary files
  WorkerJob settings{};   // engine, workload and directory are set for each measurement
  std::string program;    // the worker's program: this one
  Stop stop{};
};

// kInvalidArgument: an unknown name. Engines that are not built are reported, not run.
// Stopped, it reports the workloads that all engines have done in all rounds; kClosed: there is none.
// `progress` gets a line at the start of each measurement.
Result<BenchReport> run_bench(const BenchArguments& arguments, const std::function<void(const std::string&)>& progress);

}  // namespace mylonite::experiments
