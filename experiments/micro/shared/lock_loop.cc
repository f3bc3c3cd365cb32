#include "experiments/micro/shared/lock_loop.h"

#include "core/rt/rt.h"

void mylonite_lock_loop(std::uint64_t rounds) {
  mylonite::rt::Mutex mutex;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const mylonite::rt::Lock lock(mutex);
  }
}
