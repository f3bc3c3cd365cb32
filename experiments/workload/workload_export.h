// Workloads of the table as texts that parse_workload takes, and other programs too.
//
// Operations say all that a run needs: from the file it has the same figures. Properties of YCSB exist for workloads
// that load keys, then draw. A trace has no phases, no lengths of scans and no absent keys; times are numbers.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include <mylonite/status.h>

#include "experiments/workload/phases.h"
#include "experiments/workload/stream.h"

namespace mylonite::experiments {

using TextSink = std::function<Status(std::string_view)>;  // gets pieces of the text, in order

struct WorkloadFormat {
  std::string_view name;
  Status (*write)(const WorkloadPlan& plan, const StreamOptions& size, const TextSink& sink);  // size.entries: N
};
// Errors of `write`: those of the sink; kInvalidArgument before anything is written, if the format has no words for it.
extern const std::array<WorkloadFormat, 3> kWorkloadFormats;

}  // namespace mylonite::experiments
