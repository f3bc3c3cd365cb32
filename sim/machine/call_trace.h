// What a trace keeps of file calls: before a call its kind, path and bytes, after it the result.
// Thread-safety: that of the trace. Complexity: linear in the bytes.
#pragma once

#include <cstdint>

#include <mylonite/faultfs/interceptor.h>

#include "sim/machine/trace.h"

namespace mylonite::sim {

void trace_call(Trace& trace, const faultfs::Call& call, std::uint64_t path_hash);
void trace_strike(Trace& trace, const faultfs::Call& call, faultfs::Fault fault);
void trace_result(Trace& trace, const faultfs::CallResult& result);

}  // namespace mylonite::sim
