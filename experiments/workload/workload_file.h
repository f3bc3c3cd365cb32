// A workload from a file, in one of three forms, told apart by their first line. experiments/README.md shows each.
//
//   properties   of YCSB, NAME=VALUE: numbers of records and operations, shares, a distribution; operations are drawn
//   trace        of RocksDB, as trace_analyzer writes it for people: 0xKEY TYPE FAMILY BYTES MICROSECONDS
//   operations   the laboratory's own: a kind with the number of a key, as in `update 17`
//
// Thread-safety: pure functions. Complexity: linear, but for sorting the keys of a trace.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

#include "experiments/workload/workload.h"

namespace mylonite::experiments {

// `path` is for messages. kInvalidArgument, with path, line, what was expected and what was found.
Result<PlannedWorkload> parse_workload(std::string_view text, const std::string& path);

}  // namespace mylonite::experiments
