#include "sim/machine/call_trace.h"

namespace mylonite::sim {

void trace_call(Trace& trace, const faultfs::Call& call, std::uint64_t path_hash) {
  trace.event(EventKind::kFileCall, static_cast<std::uint64_t>(call.kind) ^ (path_hash << 8), call.offset);
  if (!call.bytes.empty()) trace.bytes(EventKind::kFileBytes, call.bytes);
}

void trace_strike(Trace& trace, const faultfs::Call& call, faultfs::Fault fault) {
  trace.event(EventKind::kFault, 1 + static_cast<std::uint64_t>(fault), static_cast<std::uint64_t>(call.kind));
}

void trace_result(Trace& trace, const faultfs::CallResult& result) {
  trace.event(EventKind::kFileCall, result.error != nullptr ? 1 + static_cast<std::uint64_t>(result.error->code()) : 0,
              result.size);
  if (!result.bytes.empty()) trace.bytes(EventKind::kFileBytes, {result.bytes.data(), result.bytes.size()});
}

}  // namespace mylonite::sim
