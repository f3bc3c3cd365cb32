// The store's options for a spec: sizes in entries become bytes. Thread-safety: pure functions.
#pragma once

#include <cstdint>

#include <string>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "experiments/spec/run_spec.h"
#include "experiments/workload/stream.h"
#include "experiments/workload/workload.h"

namespace mylonite::experiments {

// `buffer_bytes`: of the table that a full memtable makes, measured. kInvalidArgument: an option that the spec sets.
Result<Options> store_options(const RunSpec& spec, const PlannedWorkload& workload, std::uint64_t buffer_bytes);

// Of all options, by name and value: 16 hexadecimal digits.
std::string options_hash(const Options& options);

// Of the values of a workload, whatever their sizes.
StreamOptions value_options(const RunSpec& spec, const PlannedWorkload& workload);

// The bytes of the table that a full memtable makes, by a store on a machine of its own. kInvalidArgument: the buffer
// is large, and the workload never fills it. `values`: with value_options().
Result<std::uint64_t> measured_buffer(const RunSpec& spec, const PlannedWorkload& workload, const Values& values);

}  // namespace mylonite::experiments
