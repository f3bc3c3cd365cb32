// One workload on one engine, measured in this process and checked against the model.
//
// Every get compares its value. After the measurement, scans and the store's final contents are compared with the
// model's. A wrong answer is an error, and gives no figures.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/status.h>

#include "experiments/bench/engine.h"
#include "experiments/bench/figures.h"
#include "experiments/bench/workload.h"

namespace mylonite::experiments {

struct WorkerJob {
  std::string engine;
  std::string workload;
  std::string directory;
  StreamOptions stream{};
  StoreSettings mylonite{};
  std::uint64_t synced_entries = 20'000;
  std::uint64_t cache_bytes = 256 << 20;
  std::uint64_t seconds_max = 30;  // a measurement stops after this time; its rates stay valid
};

Result<Figures> run_worker(const WorkerJob& job);

}  // namespace mylonite::experiments
