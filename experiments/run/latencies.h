// How long each operation of a run took, all samples kept, so percentiles are exact.
// Thread-safety: those of a simulated machine. Complexity: 8 bytes an operation; O(n log n) to find the percentiles.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "experiments/result/run_result.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {

class Latencies {
 public:
  void add(OperationKind kind, std::uint64_t ns) { of_kind_[static_cast<std::size_t>(kind)].push_back(ns); }

  // Sets operations and latencies, of all and by kind. The last call.
  void take(RunFigures& figures);

 private:
  std::array<std::vector<std::uint64_t>, kOperationNames.size()> of_kind_;
};

}  // namespace mylonite::experiments
