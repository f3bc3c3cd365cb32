#include "sim/program/crash_report.h"

#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "core/cli/exit.h"
#include "faultfs/host_scope.h"
#include "sim/machine/fiber_fault.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler.h"

namespace mylonite::sim {
namespace {

struct DeadlySignal {
  int number;
  bool of_the_sanitizer;  // under AddressSanitizer
  std::string_view rule;
};
constexpr DeadlySignal kSignals[] = {
    {SIGABRT, false, "crash (SIGABRT: the code ended the process)"},
    {SIGSEGV, true, "crash (SIGSEGV: access to memory that is not there)"},
    {SIGBUS, true, "crash (SIGBUS: access to memory that is not there)"},
    {SIGILL, true, "crash (SIGILL: no instruction of this processor)"},
    {SIGFPE, true, "crash (SIGFPE: an impossible division)"},
};

constexpr int kTimerSignal = SIGVTALRM;
constexpr timespec kTimerInterval{.tv_sec = 0, .tv_nsec = 50'000'000};

// The calling thread's stack for signals, and the end of its report.
class ThreadReport {
 public:
  ThreadReport();  // also starts the timer that notices a run without steps
  ~ThreadReport();
  ThreadReport(const ThreadReport&) = delete;
  ThreadReport& operator=(const ThreadReport&) = delete;

  std::string text{};

 private:
  static constexpr std::size_t kStackBytes = std::size_t{64} << 10;
  void* stack_ = nullptr;  // null: the thread has one already, or none
  timer_t timer_{};
  bool has_timer_ = false;
};

// What the handler may read: set while the thread's report lives.
constinit thread_local const ThreadReport* report_of_thread = nullptr;

ThreadReport::ThreadReport() {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kTimerSignal;
  event._sigev_un._tid = gettid();
  has_timer_ = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) == 0;
  const itimerspec often{.it_interval = kTimerInterval, .it_value = kTimerInterval};
  if (has_timer_) timer_settime(timer_, 0, &often, nullptr);
  stack_t there{};
  if (sigaltstack(nullptr, &there) == 0 && (there.ss_flags & SS_DISABLE) == 0) return;  // a sanitizer's
  void* const memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;  // then signals come on the ordinary stack
  stack_ = memory;
  const stack_t own{.ss_sp = stack_, .ss_flags = 0, .ss_size = kStackBytes};
  sigaltstack(&own, nullptr);
}

ThreadReport::~ThreadReport() {
  report_of_thread = nullptr;
  if (has_timer_) timer_delete(timer_);
  if (stack_ == nullptr) return;
  const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  sigaltstack(&none, nullptr);
  munmap(stack_, kStackBytes);
}

// Counted in processor time of the thread, so that a busy machine makes no hang. A step takes microseconds.
constexpr int kTicksToAHang = kAddressSanitizer || kThreadSanitizer ? 200 : 40;
constexpr int kTicksToAHangOfCandidates = kTicksToAHang / 10;
constexpr int kTicksToAnEnd = 600;  // of a run that cannot be ended from within
constinit std::atomic<int> ticks_to_a_hang{kTicksToAHang};

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void end_process(std::string_view rule) {
  static constinit std::atomic<bool> reporting{false};
  while (reporting.exchange(true)) pause();  // another thread tells its own, and ends the process
  say("\nFAILED  rule ");
  say(rule);
  say(report_of_thread != nullptr ? std::string_view(report_of_thread->text) : "  in no run\n");
  _exit(static_cast<int>(cli::Exit::kFinding));
}

void on_deadly_signal(int number, siginfo_t* info, void* context) {
  if (catch_fault(number, *info, context)) return;
  for (const DeadlySignal& signal : kSignals) {
    if (signal.number == number) end_process(signal.rule);
  }
}

void on_timer(int number, siginfo_t* info, void* context) {
  thread_local constinit int ticks = 0;
  FiberScheduler* const running = FiberScheduler::running();
  ticks = running != nullptr && running->stands_still() ? ticks + 1 : 0;
  if (ticks < ticks_to_a_hang.load(std::memory_order_relaxed)) return;
  // Not amid the simulator's own code, which may hold a lock of the allocator.
  if (!faultfs::HostScope::active() && catch_fault(number, *info, context, FaultKind::kHang)) {
    ticks = 0;
    return;
  }
  if (ticks >= kTicksToAnEnd) end_process("hang");
}

}  // namespace

void report_crashes() {
  struct sigaction action{};
  action.sa_sigaction = on_deadly_signal;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigfillset(&action.sa_mask);
  catch_fiber_faults();
  // Behind the sanitizer's own report.
  if constexpr (kAddressSanitizer || kThreadSanitizer) {
    __sanitizer_set_death_callback([] { end_process("sanitizer"); });
  }
  struct sigaction timer{};
  timer.sa_sigaction = on_timer;
  timer.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_RESTART;
  sigfillset(&timer.sa_mask);
  sigaction(kTimerSignal, &timer, nullptr);
  for (const DeadlySignal& signal : kSignals) {
    if (kAddressSanitizer && signal.of_the_sanitizer) continue;
    sigaction(signal.number, &action, nullptr);
  }
}

void this_thread_runs(const std::string& run, const std::string& again) {
  thread_local ThreadReport report;
  report.text = fmt::format("  {}\n\nreplay:    {}\n", run, again);
  report_of_thread = &report;
}

HangsOfCandidates::HangsOfCandidates(std::string_view rule) {
  if (rule == "hang") ticks_to_a_hang = kTicksToAHangOfCandidates;
}
HangsOfCandidates::~HangsOfCandidates() { ticks_to_a_hang = kTicksToAHang; }

}  // namespace mylonite::sim
