// A question that long work asks between its steps. Thread-safety: that of the function.
#pragma once

#include <functional>

#include <mylonite/status.h>

namespace mylonite::experiments {

using Stop = std::function<bool()>;  // true: the work ends with kClosed, and removes its files; empty: never

inline Status check_stop(const Stop& stop) { return stop && stop() ? Error(Code::kClosed, "stopped") : Status(); }

}  // namespace mylonite::experiments
