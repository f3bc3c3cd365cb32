// Stackful fibers: code that can stop in the middle of a call and continue later, all on one OS thread.
//
// A Fiber is a stack and a place in it. Control moves only by switch_to, and at the end of a fiber's entry function,
// which returns the next fiber. On x86-64 a switch saves the six callee-saved registers and the stack pointer, 6-12 ns;
// elsewhere it is ucontext. A fiber carries the state of C++ exception handling and the depth of HostScopes, so a
// switch inside a catch block is legal.
//
// Invariants: switch_to is called on the running fiber; a running fiber is not destroyed. Destroying an unfinished
// fiber abandons it: no destructor on its stack runs, memory that only its stack owns is leaked (without a report of
// LeakSanitizer), and the stack itself is reused.
//
// It does not schedule (sim/machine/scheduler.h), nor save floating-point modes (nothing here changes them). An
// exception that leaves the entry function terminates. Stacks do not grow: an overflow hits a guard page and faults.
//
// Thread-safety: under ThreadSanitizer callers switch inside a SimulatorCode scope (sim/machine/sanitizer.h). A fiber
// and its pool stay on one OS thread. Units: bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mylonite::sim {

// Stacks for reuse, each above pages without access. Outlives the fibers that use them.
class StackPool {
 public:
  explicit StackPool(std::size_t stack_bytes = std::size_t{256} << 10);  // rounded up to whole pages
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  std::size_t guard_bytes() const { return guard_bytes_; }
  std::byte* take();  // the lowest byte of a stack of stack_bytes()
  void give_back(std::byte* bottom);
  std::size_t stack_bytes() const { return stack_bytes_; }

 private:
  void unmap(std::byte* bottom) const;

  static constexpr std::size_t kGuardPages = 16;  // more than a function's frame

  std::size_t guard_bytes_ = 0;
  std::size_t stack_bytes_ = 0;
  std::vector<std::byte*> free_;
  std::size_t lent_ = 0;
};

class Fiber {
 public:
  using Entry = Fiber& (*)(void* argument);  // returns the next fiber when this one has finished

  Fiber();                                                // stands for the calling thread's own stack, running
  Fiber(StackPool& stacks, Entry entry, void* argument);  // not started
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void switch_to(Fiber& next);

  // Of a fiber with a stack of its own.
  std::uintptr_t stack_bottom() const { return reinterpret_cast<std::uintptr_t>(stack_bottom_); }
  std::size_t stack_bytes() const { return stack_bytes_; }
  bool guards(const void* address) const;  // whether it lies in the pages that catch an overflow

 private:
  static void start(Fiber* self);
  void* depart(Fiber& next, void** fake_stack);
  void jump(Fiber& next, void* to);
  void arrive(void* fake_stack);
  void forgive_leaks() const;

  StackPool* stacks_ = nullptr;  // null: the thread's own stack
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  void* saved_ = nullptr;              // the suspended stack's top; null while running
  void* thread_exceptions_;            // __cxa_get_globals() of the OS thread
  std::array<void*, 2> exceptions_{};  // the bytes there, ours while suspended
  int host_depth_ = 0;                 // of HostScopes, ours while suspended
  bool started_ = false;
  bool finished_ = false;

  const void* stack_bottom_ = nullptr;
  std::size_t stack_bytes_ = 0;
  Fiber* came_from_ = nullptr;  // the fiber that switched here last
  void* watched_as_ = nullptr;  // ThreadSanitizer's name for this fiber
};

}  // namespace mylonite::sim
