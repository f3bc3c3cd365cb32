// Whose memory is asked for. A simulator's own structures (disk, scheduler, oracle) outlive the machines it kills; what
// the engine allocates dies with its machine. Code that keeps something beyond a machine's life therefore allocates
// inside a HostScope, and engine code runs outside of any.
//
// Invariants: a thread's own stack is inside a scope from the start; a fiber is not (sim/fiber saves and restores the
// depth at every switch, so scopes belong to the fiber that entered them).
// Does not: allocate. It is a count that a program's operator new may look at (sim/machine_heap); in a program with the
// ordinary one it means nothing. Thread-safety: one count a thread. Complexity: one addition.
#pragma once

namespace mylonite::faultfs {

class HostScope {
 public:
  static constexpr int kThreadsOwn = 1;  // the depth that a thread begins with

  // Fibers look like threads to ThreadSanitizer, and the count like a race.
  __attribute__((no_sanitize("thread"))) HostScope() { ++depth_; }
  __attribute__((no_sanitize("thread"))) ~HostScope() { --depth_; }
  HostScope(const HostScope&) = delete;
  HostScope& operator=(const HostScope&) = delete;

  __attribute__((no_sanitize("thread"))) static bool active() { return depth_ > 0; }

  // For switches between fibers.
  __attribute__((no_sanitize("thread"))) static int depth() { return depth_; }
  __attribute__((no_sanitize("thread"))) static void set_depth(int depth) { depth_ = depth; }

 private:
  static inline constinit thread_local int depth_ = kThreadsOwn;
};

}  // namespace mylonite::faultfs
