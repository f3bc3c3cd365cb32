#include <mylonite/faultfs/injected_faults.h>

#include "faultfs/host_scope.h"

namespace mylonite::faultfs {

Verdict InjectedFaults::before(const Call& call) {
  std::optional<Strike> strike;
  {
    const HostScope scope;
    const PathStatistics& path = paths_.count(call);
    strike = injector_.decide({.call = call, .path = path});
    if (strike) struck_.push_back({.at = path.anchor(call.kind), .strike = *strike});
  }
  // Outside the scope: the answer's memory is the caller's own.
  return strike ? verdict_of(*strike, call) : Verdict{};
}

}  // namespace mylonite::faultfs
