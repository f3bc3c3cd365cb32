#include "experiments/run/rest.h"

#include "core/rt/rt.h"

namespace mylonite::experiments {

void rest_until_idle(const Store& store) {
  constexpr std::uint64_t kLookEachNs = 1'000'000;
  for (;;) {
    rt::sleep_until(rt::monotonic_ns() + kLookEachNs);
    const StoreStats stats = store.stats();
    if (stats.merges_running == 0 && stats.frozen_memtables == 0) return;
  }
}

}  // namespace mylonite::experiments
