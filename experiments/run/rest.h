// Waiting until a store has nothing to do. Thread-safety: any thread of a simulated machine.
#pragma once

#include <mylonite/store.h>

namespace mylonite::experiments {

// Returns when no memtable awaits its flush and no merge runs, looked at each millisecond.
void rest_until_idle(const Store& store);

}  // namespace mylonite::experiments
