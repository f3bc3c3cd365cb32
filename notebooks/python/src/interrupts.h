// Ctrl-C amid long work that holds no lock of the interpreter.
//
// The work looks at `flag` and ends soon after it is set. rethrow() then raises what Python's handler of the signal
// raised. Thread-safety: `flag` from any thread; poll() does something on the thread that made the object only.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include <pybind11/pybind11.h>

#include "notebooks/python/src/gil.h"

namespace mylonite::python {

class Interrupts {
 public:
  void poll() {
    if (std::this_thread::get_id() != caller_) return;
    const WithGil held;
    if (PyErr_CheckSignals() != 0) {
      flag.store(true, std::memory_order_relaxed);
      error_.emplace();
    }
  }
  void rethrow() {
    if (error_) throw *error_;
  }
  std::atomic<bool> flag = false;

 private:
  const std::thread::id caller_ = std::this_thread::get_id();
  std::optional<pybind11::error_already_set> error_;
};

// work(flag) on a thread of its own, while the caller's polls. Requires the lock; the work touches no Python object.
template <class Work>
auto interruptibly(const Work& work) {
  constexpr auto kPollInterval = std::chrono::milliseconds(20);
  Interrupts interrupts;
  auto done = [&] {
    const WithoutGil released;
    auto running = std::async(std::launch::async, [&] { return work(interrupts.flag); });
    while (running.wait_for(kPollInterval) != std::future_status::ready) interrupts.poll();
    return running.get();
  }();
  interrupts.rethrow();
  return done;
}

}  // namespace mylonite::python
