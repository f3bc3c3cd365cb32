// The store's options for a spec: sizes in entries become bytes. Thread-safety: pure functions.
#pragma once

#include <cstdint>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "experiments/spec/run_spec.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {

// `buffer_bytes`: of the table that a full memtable makes, measured. kInvalidArgument: an option that the spec sets.
Result<Options> store_options(const RunSpec& spec, std::uint64_t buffer_bytes);

StreamOptions stream_options(const RunSpec& spec);

// The bytes of the table that a full memtable makes, by a store on a machine of its own.
Result<std::uint64_t> measured_buffer(const RunSpec& spec, const WorkloadPlan& plan);

}  // namespace mylonite::experiments
