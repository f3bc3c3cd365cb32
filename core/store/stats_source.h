// Gathers what stats() tells from the parts of an open store. Takes the state's lock for a moment; no I/O.
#pragma once

#include "core/store/shared_state.h"
#include "core/store/stats.h"

namespace mylonite {

StoreStats collect_stats(const SharedState& state);

}  // namespace mylonite
