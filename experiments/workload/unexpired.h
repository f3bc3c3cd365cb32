// For programs that judge every answer as if all data lived.
#pragma once

#include <mylonite/status.h>
#include <mylonite/timestamp.h>

namespace mylonite::experiments {

inline Status check_nothing_expired(const ReadMoment& moment) {
  if (moment.expired_through == kTimestampMin) return {};
  return Error(Code::kInvalidArgument,
               "data has expired, and is judged here as if it lived: give a policy that keeps all");
}

}  // namespace mylonite::experiments
