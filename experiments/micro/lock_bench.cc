// An uncontended lock and unlock, in this program and in a shared object that is loaded as Python loads the extension:
// there the thread's scheduler, which each lock looks for, lies elsewhere. Time is per pair of lock and unlock.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include "experiments/micro/shared/lock_loop.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kRounds = 1000;

void run(benchmark::State& state, decltype(&mylonite_lock_loop) loop) {
  while (state.KeepRunningBatch(kRounds)) loop(kRounds);
}

void in_program(benchmark::State& state) { run(state, &mylonite_lock_loop); }
BENCHMARK(in_program);

void in_module(benchmark::State& state) {
  void* const module = ::dlopen(MYLONITE_LOCK_MODULE, RTLD_NOW | RTLD_LOCAL);
  void* const loop = module == nullptr ? nullptr : ::dlsym(module, "mylonite_lock_loop");
  if (loop == nullptr || loop == reinterpret_cast<void*>(&mylonite_lock_loop)) {
    state.SkipWithError("the module is missing");
    return;
  }
  run(state, reinterpret_cast<decltype(&mylonite_lock_loop)>(loop));
}
BENCHMARK(in_module);

}  // namespace
}  // namespace mylonite
