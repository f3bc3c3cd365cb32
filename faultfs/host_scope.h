// A scope that marks allocations as the simulator's own. A simulator's structures (disk, scheduler, oracle) outlive the
// machines that it kills, and the engine's memory dies with its machine. So code that keeps something beyond a
// machine's death allocates inside a HostScope, and engine code runs outside of any.
//
// Invariants: a thread's own stack is inside a scope from the start; a fiber is not. sim/machine/fiber.h saves and
// restores the depth at every switch, so scopes belong to the fiber that entered them.
// It does not allocate. It is a count for a program's operator new (sim/machine/machine_heap.h); the ordinary one
// ignores it. Thread-safety: one count a thread. Complexity: one addition.
#pragma once

namespace mylonite::faultfs {

class HostScope {
 public:
  static constexpr int kThreadsOwn = 1;  // the depth that a thread begins with

  // ThreadSanitizer takes fibers for threads, and the count for a race.
  __attribute__((no_sanitize("thread"))) HostScope() { ++depth_; }
  __attribute__((no_sanitize("thread"))) ~HostScope() { --depth_; }
  HostScope(const HostScope&) = delete;
  HostScope& operator=(const HostScope&) = delete;

  __attribute__((no_sanitize("thread"))) static bool active() { return depth_ > 0; }

  // For switches between fibers.
  __attribute__((no_sanitize("thread"))) static int depth() { return depth_; }
  __attribute__((no_sanitize("thread"))) static void set_depth(int depth) { depth_ = depth; }

 private:
  [[gnu::tls_model("initial-exec")]] static inline constinit thread_local int depth_ = kThreadsOwn;
};

}  // namespace mylonite::faultfs
