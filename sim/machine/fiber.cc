#include "sim/machine/fiber.h"

#include <cxxabi.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "core/base/invariant.h"
#include "core/rt/rt.h"
#include "sim/machine/sanitizer.h"

#if !defined(__x86_64__) || defined(MYLONITE_PORTABLE_FIBERS)
#include <ucontext.h>

#include <new>
#endif

namespace mylonite::sim {
namespace {

using Start = void (*)(Fiber*);

#if defined(__x86_64__) && !defined(MYLONITE_PORTABLE_FIBERS)

// Saves the current place in *save, continues at `to`. A fresh fiber's start function gets `target` as its argument. A
// plain return at the end keeps the processor's return predictor right: fibers switch from the same few places.
[[gnu::naked, gnu::noinline]] __attribute__((no_sanitize("thread"))) void swap_stacks(void** /*save*/, void* /*to*/,
                                                                                      Fiber* /*target*/) {
  asm("pushq %rbp\n\t"
      "pushq %rbx\n\t"
      "pushq %r12\n\t"
      "pushq %r13\n\t"
      "pushq %r14\n\t"
      "pushq %r15\n\t"
      "movq %rsp, (%rdi)\n\t"
      "movq %rsi, %rsp\n\t"
      "popq %r15\n\t"
      "popq %r14\n\t"
      "popq %r13\n\t"
      "popq %r12\n\t"
      "popq %rbx\n\t"
      "popq %rbp\n\t"
      "movq %rdx, %rdi\n\t"
      "ret");
}

// A stack that looks as if swap_stacks had left it just before `start`:  0 (six registers) | start | 0 (no caller) | 0
void* prepare(std::byte* bottom, std::size_t bytes, Start start, Fiber* /*target*/) {
  constexpr std::size_t kWords = 10;  // `start` finds its stack pointer 8 below a multiple of 16, as after a call
  auto* frame = reinterpret_cast<std::uint64_t*>(bottom + bytes) - kWords;
  std::memset(frame, 0, kWords * sizeof *frame);
  frame[6] = reinterpret_cast<std::uint64_t>(start);
  return frame;
}

#else

// The suspended fiber's context is on its own stack.
void swap_stacks(void** save, void* to, Fiber* /*target*/) {
  ucontext_t here;
  *save = &here;
  invariant(swapcontext(&here, static_cast<ucontext_t*>(to)) == 0, "swapcontext works");
}

void start_from_halves(unsigned start_high, unsigned start_low, unsigned target_high, unsigned target_low) {
  const auto join = [](unsigned high, unsigned low) { return (std::uint64_t{high} << 32) | low; };
  const auto start = reinterpret_cast<Start>(static_cast<std::uintptr_t>(join(start_high, start_low)));
  start(reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(join(target_high, target_low))));
}

void* prepare(std::byte* bottom, std::size_t bytes, Start start, Fiber* target) {
  constexpr std::size_t kContextBytes = (sizeof(ucontext_t) + 63) / 64 * 64;
  auto* context = new (bottom + bytes - kContextBytes) ucontext_t;
  invariant(getcontext(context) == 0, "getcontext works");
  context->uc_stack.ss_sp = bottom;
  context->uc_stack.ss_size = bytes - kContextBytes;
  context->uc_link = nullptr;
  const std::uint64_t code = reinterpret_cast<std::uintptr_t>(start);
  const std::uint64_t data = reinterpret_cast<std::uintptr_t>(target);
  makecontext(context, reinterpret_cast<void (*)()>(start_from_halves), 4, static_cast<unsigned>(code >> 32),
              static_cast<unsigned>(code), static_cast<unsigned>(data >> 32), static_cast<unsigned>(data));
  return context;
}

#endif

}  // namespace

StackPool::StackPool(std::size_t stack_bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  guard_bytes_ = kGuardPages * page;
  stack_bytes_ = (stack_bytes + page - 1) / page * page;
  // While a process has never had a second thread, libstdc++ counts shared_ptr references without atomics, which a
  // sanitizer that takes fibers for threads reports.
  if constexpr (kThreadSanitizer) rt::Thread("second", [] {}).join();
}

StackPool::~StackPool() {
  invariant(lent_ == 0, "a stack pool outlives its fibers", lent_);
  for (std::byte* bottom : free_) unmap(bottom);
}

std::byte* StackPool::take() {
  ++lent_;
  if (!free_.empty()) {
    std::byte* const bottom = free_.back();
    free_.pop_back();
    return bottom;
  }
  void* const area = mmap(nullptr, guard_bytes_ + stack_bytes_, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  invariant(area != MAP_FAILED, "there is memory for a stack", stack_bytes_, lent_);
  invariant(mprotect(area, guard_bytes_, PROT_NONE) == 0, "a guard page can be protected");
  return static_cast<std::byte*>(area) + guard_bytes_;
}

void StackPool::give_back(std::byte* bottom) {
  --lent_;
  if constexpr (kThreadSanitizer) {
    unmap(bottom);  // a fresh mapping is how ThreadSanitizer forgets the accesses of the stack's former user
  } else {
    if constexpr (kAddressSanitizer) __asan_unpoison_memory_region(bottom, stack_bytes_);
    free_.push_back(bottom);
  }
}

void StackPool::unmap(std::byte* bottom) const {
  invariant(munmap(bottom - guard_bytes_, guard_bytes_ + stack_bytes_) == 0, "a stack can be unmapped");
}

Fiber::Fiber() : thread_exceptions_(abi::__cxa_get_globals()), started_(true) {
  if constexpr (kThreadSanitizer) watched_as_ = __tsan_get_current_fiber();
}

Fiber::Fiber(StackPool& stacks, Entry entry, void* argument)
    : stacks_(&stacks), entry_(entry), argument_(argument), thread_exceptions_(abi::__cxa_get_globals()) {
  std::byte* const bottom = stacks.take();
  stack_bottom_ = bottom;
  stack_bytes_ = stacks.stack_bytes();
  saved_ = prepare(bottom, stack_bytes_, &Fiber::start, this);
  host_depth_ = 1;  // it begins inside the scope of start()
  if constexpr (kThreadSanitizer) watched_as_ = __tsan_create_fiber(0);
}

Fiber::~Fiber() {
  if (stacks_ == nullptr) return;
  invariant(saved_ != nullptr || finished_, "a running fiber is not destroyed");
  if (started_ && !finished_) {
    forgive_leaks();
  } else if constexpr (kThreadSanitizer) {
    __tsan_destroy_fiber(watched_as_);  // an abandoned one is inside a SimulatorCode scope, which this would report
  }
  stacks_->give_back(static_cast<std::byte*>(const_cast<void*>(stack_bottom_)));
}

bool Fiber::guards(const void* address) const {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return stacks_ != nullptr && at < stack_bottom() && at >= stack_bottom() - stacks_->guard_bytes();
}

void Fiber::switch_to(Fiber& next) {
  void* fake_stack = nullptr;
  void* const to = depart(next, &fake_stack);
  jump(next, to);
  arrive(fake_stack);
}

// The bookkeeping before a switch; returns the place to continue at.
void* Fiber::depart(Fiber& next, void** fake_stack) {
  next.came_from_ = this;
  std::memcpy(exceptions_.data(), thread_exceptions_, sizeof exceptions_);
  host_depth_ = faultfs::HostScope::depth();
  if constexpr (kAddressSanitizer) __sanitizer_start_switch_fiber(fake_stack, next.stack_bottom_, next.stack_bytes_);
  return std::exchange(next.saved_, nullptr);
}

// Runs outside any scope when a fiber ends, hence the attribute.
__attribute__((no_sanitize("thread"))) void Fiber::jump(Fiber& next, void* to) {
  if constexpr (kThreadSanitizer) __tsan_switch_to_fiber(next.watched_as_, __tsan_switch_to_fiber_no_sync);
  swap_stacks(&saved_, to, &next);
}

void Fiber::arrive(void* fake_stack) {
  if constexpr (kAddressSanitizer) {
    __sanitizer_finish_switch_fiber(fake_stack, &came_from_->stack_bottom_, &came_from_->stack_bytes_);
  }
  std::memcpy(thread_exceptions_, exceptions_.data(), sizeof exceptions_);
  faultfs::HostScope::set_depth(host_depth_);
}

// Not noexcept: an unwinder that finds no handler leaves the frames of a throw as they are, and their stack is told.
void Fiber::start(Fiber* self) {
  Entry entry = nullptr;
  void* argument = nullptr;
  {
    const SimulatorCode scope;
    self->started_ = true;
    self->arrive(nullptr);
    entry = self->entry_;
    argument = self->argument_;
  }
  Fiber& next = entry(argument);
  void* to = nullptr;
  {
    const SimulatorCode scope;  // closed before the last switch: ThreadSanitizer wants a fiber to end without one
    self->finished_ = true;
    to = self->depart(next, nullptr);
  }
  self->jump(next, to);
  invariant(false, "a finished fiber is not resumed");
}

// Makes LeakSanitizer treat everything that the abandoned frames point to as reachable.
__attribute__((no_sanitize("address"))) void Fiber::forgive_leaks() const {
  if constexpr (kAddressSanitizer) {
    const auto* const end = reinterpret_cast<void* const*>(static_cast<const std::byte*>(stack_bottom_) + stack_bytes_);
    for (auto* word = static_cast<void* const*>(saved_); word < end; ++word) {
      if (*word != nullptr) __lsan_ignore_object(*word);
    }
  }
}

}  // namespace mylonite::sim
