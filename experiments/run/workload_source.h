// Where a run's workload comes from: the table, or the spec's file. Thread-safety: pure but for reading the file.
#pragma once

#include <mylonite/status.h>

#include "experiments/spec/run_spec.h"
#include "experiments/workload/workload.h"

namespace mylonite::experiments {

// A workload, and the spec that names it for good: of a file it has the name without directories, the hash, the number
// of keys and the mean size of values.
struct WorkloadSource {
  RunSpec spec;
  PlannedWorkload workload;
};

// Errors: kInvalidArgument if the file is absent, for what it says, or if its hash is not the spec's; kIo.
// The spec's names must be good (check_names).
Result<WorkloadSource> workload_source(const RunSpec& spec);

}  // namespace mylonite::experiments
