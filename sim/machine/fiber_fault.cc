#include "sim/machine/fiber_fault.h"

#include <execinfo.h>
#include <sys/ucontext.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <sanitizer/asan_interface.h>

#include "core/base/invariant.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler_task.h"

namespace mylonite::sim {
namespace {

constexpr std::size_t kLandingBytes = std::size_t{32} << 10;  // of a stack, for what is done after the fault
constexpr std::size_t kRedZoneBytes = 256;                    // below a stack pointer that compiled code may use

#if defined(__x86_64__)
void* code_pointer(const ucontext_t& context) {
  return reinterpret_cast<void*>(context.uc_mcontext.gregs[REG_RIP]);  // NOLINT(performance-no-int-to-ptr)
}
std::uintptr_t stack_pointer(const ucontext_t& context) {
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
}
// As just after a call: the stack pointer 8 below a multiple of 16, at a return address that is none.
void go_on_in(ucontext_t& context, void (*landing)(), std::uintptr_t stack) {
  const std::uintptr_t top = stack / 16 * 16 - 8;
  std::memset(reinterpret_cast<void*>(top), 0, sizeof(void*));
  context.uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(top);
  context.uc_mcontext.gregs[REG_RBP] = 0;
  context.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(landing));
}
constexpr bool kCatches = !kThreadSanitizer;
#elif defined(__aarch64__)
void* code_pointer(const ucontext_t& context) {
  return reinterpret_cast<void*>(context.uc_mcontext.pc);  // NOLINT(performance-no-int-to-ptr)
}
std::uintptr_t stack_pointer(const ucontext_t& context) { return context.uc_mcontext.sp; }
void go_on_in(ucontext_t& context, void (*landing)(), std::uintptr_t stack) {
  context.uc_mcontext.sp = stack / 16 * 16;
  context.uc_mcontext.regs[29] = 0;
  context.uc_mcontext.regs[30] = 0;
  context.uc_mcontext.pc = reinterpret_cast<std::uintptr_t>(landing);
}
constexpr bool kCatches = !kThreadSanitizer;
#else
void* code_pointer(const ucontext_t&) { return nullptr; }
std::uintptr_t stack_pointer(const ucontext_t&) { return 0; }
void go_on_in(ucontext_t&, void (*)(), std::uintptr_t) {}
constexpr bool kCatches = false;
#endif

void fault_landing() { FiberScheduler::running()->end_by_fault(); }

void note(FaultKind kind, std::string_view text) {
  FiberFault& fault = FiberScheduler::running()->noted_fault();
  const std::size_t kept = std::min(text.size(), fault.text.size() - 1);
  std::memcpy(fault.text.data(), text.data(), kept);
  fault.text[kept] = '\0';
  fault.kind = kind;
}

// The frames from `fault_at` on: those before it are the handler's. A jump to where no code is has none behind it.
void keep_frames(FiberFault& fault, void* fault_at) {
  std::array<void*, std::tuple_size_v<decltype(fault.frames)> + 8> all;
  const auto held = static_cast<std::size_t>(backtrace(all.data(), static_cast<int>(all.size())));
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(held);
  auto first = std::find(all.begin(), end, fault_at);
  if (first == end) first = all.begin();
  fault.frames_held = std::min(static_cast<std::size_t>(end - first), fault.frames.size());
  std::copy_n(first, fault.frames_held, fault.frames.begin());
}

bool on_a_fiber() {
  const FiberScheduler* const running = FiberScheduler::running();
  return kCatches && running != nullptr && running->fiber_at(&running) != nullptr;
}

// Told by the run that it ends, not by a line amid others.
bool note_invariant(const char* text) {
  if (!on_a_fiber()) return false;
  note(FaultKind::kInvariant, text);
  return true;
}

[[noreturn]] void on_terminate() {
  if (on_a_fiber() && std::current_exception() != nullptr) {
    try {
      std::rethrow_exception(std::current_exception());
    } catch (const std::bad_alloc&) {
      note(FaultKind::kMemory, "");
    } catch (const std::exception& exception) {
      note(FaultKind::kException, exception.what());
    } catch (...) {
      note(FaultKind::kException, "of a type that is not std::exception");
    }
  }
  std::abort();
}

std::string_view meaning_of(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV: access to memory that is not there";
    case SIGBUS: return "SIGBUS: access to memory that is not there";
    case SIGILL: return "SIGILL: no instruction of this processor";
    case SIGFPE: return "SIGFPE: an impossible division";
    case SIGABRT: return "SIGABRT: the code ended the process";
    default: return "a deadly signal";
  }
}

}  // namespace

std::string FiberFault::rule() const {
  switch (kind) {
    case FaultKind::kInvariant: return "invariant";
    case FaultKind::kMemory: return "memory";
    case FaultKind::kHang: return "hang";
    case FaultKind::kSignal:
    case FaultKind::kException: break;
  }
  return "crash";
}

std::string FiberFault::what() const {
  switch (kind) {
    case FaultKind::kInvariant: return text.data();
    case FaultKind::kException: return fmt::format("an exception that nobody catches: {}", text.data());
    case FaultKind::kMemory: return "the machine has no memory left";
    case FaultKind::kHang: return "the code loops without a lock, a wait, a file call or another step";
    case FaultKind::kSignal: break;
  }
  if (stack_overflow) return "a stack has overflowed";
  const bool placed = signal == SIGSEGV || signal == SIGBUS;
  return std::string(meaning_of(signal)) + (placed ? fmt::format(", at address {:#x}", address) : "");
}

void catch_fiber_faults() {
  void* frame = nullptr;
  static_cast<void>(backtrace(&frame, 1));  // the first call loads a library, which a handler may not
  set_invariant_sink(note_invariant);
  std::set_terminate(on_terminate);
}

bool catch_fault(int signal, const siginfo_t& info, void* context, FaultKind kind) {
  FiberScheduler* const running = FiberScheduler::running();
  if (!kCatches || running == nullptr) return false;
  auto& place = *static_cast<ucontext_t*>(context);
  const std::uintptr_t stack = stack_pointer(place);
  const Fiber* const fiber = running->fiber_at(reinterpret_cast<const void*>(stack));
  if (fiber == nullptr) return false;
  FiberFault& fault = running->noted_fault();
  if (signal != SIGABRT) fault.kind = kind;  // why an abort came, is noted already
  fault.signal = signal;
  fault.address = reinterpret_cast<std::uintptr_t>(info.si_addr);
  fault.stack_overflow = signal == SIGSEGV && fiber->guards(info.si_addr);
  keep_frames(fault, code_pointer(place));
  const bool room = stack > fiber->stack_bottom() + kLandingBytes;
  if constexpr (kAddressSanitizer) {
    __asan_unpoison_memory_region(reinterpret_cast<const void*>(fiber->stack_bottom()), fiber->stack_bytes());
  }
  go_on_in(place, fault_landing, room ? stack - kRedZoneBytes : fiber->stack_bottom() + fiber->stack_bytes());
  return true;
}

FiberScheduler* FiberScheduler::running() { return static_cast<FiberScheduler*>(rt::current_scheduler); }

const Fiber* FiberScheduler::fiber_at(const void* address) const {
  if (current_ == nullptr || !current_->fiber) return nullptr;
  const Fiber& fiber = *current_->fiber;
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const bool inside = at >= fiber.stack_bottom() && at < fiber.stack_bottom() + fiber.stack_bytes();
  return inside || fiber.guards(address) ? &fiber : nullptr;
}

// In a signal's handler, on the thread that runs the fibers: to ThreadSanitizer each fiber is a thread of its own.
__attribute__((no_sanitize("thread"))) bool FiberScheduler::stands_still() {
  const bool still = steps_seen_ == step_;
  steps_seen_ = step_;
  return still;
}

void FiberScheduler::end_by_fault() {
  const SimulatorCode scope;
  current_->fiber->switch_to(end(RunEnd::kFault));
  std::abort();
}

}  // namespace mylonite::sim
