// A fault of the code on a fiber: a deadly signal, a broken invariant, an exception that nobody catches, no memory
// left, a loop without a step. Caught, it ends the run of its scheduler, and the process goes on.
//
// A signal's handler may not do much. So it notes what happened, and lets the thread continue in a function of its own.
// That runs on the faulting fiber's stack, which nobody needs any more, and leaves for the host as a drop does
// (sim/machine/scheduler.h). A process for each worker would have to send every result through a pipe, and a dead one
// could only name its seed. Here the faulting run keeps its record, so it is saved and replayed as others are.
//
// What it cannot promise: that the fault left the simulator's own memory whole. Not caught: a fault on a thread's own
// stack, and any under ThreadSanitizer, which cannot forget a fiber. Only on x86-64 and ARM64.
// Thread-safety: each thread for itself; catch_fiber_faults() is for the process.
#pragma once

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mylonite::sim {

enum class FaultKind : std::uint8_t { kSignal, kInvariant, kException, kMemory, kHang };

struct FiberFault {
  FaultKind kind = FaultKind::kSignal;
  int signal = 0;
  std::uintptr_t address = 0;  // of the access, where the signal has one
  bool stack_overflow = false;
  std::array<char, 512> text{};    // of the invariant or the exception
  std::array<void*, 48> frames{};  // innermost first
  std::size_t frames_held = 0;

  std::string rule() const;  // "crash", "invariant", "memory" or "hang"
  std::string what() const;  // one sentence, without the stack
};

// From now on. Takes over what the process does at a broken invariant and at an exception that nobody catches.
void catch_fiber_faults();

// For a handler of `signal`. True: the thread goes on in the host once the handler has returned. False: nobody can
// catch it. `kind`: kHang, or kSignal for what the signal itself says.
bool catch_fault(int signal, const siginfo_t& info, void* context, FaultKind kind = FaultKind::kSignal);

}  // namespace mylonite::sim
