#include "sim/program/crash_report.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "core/cli/exit.h"
#include "sim/machine/sanitizer.h"

namespace mylonite::sim {
namespace {

struct DeadlySignal {
  int number;
  bool of_the_sanitizer;  // under AddressSanitizer
  std::string_view rule;
};
constexpr DeadlySignal kSignals[] = {
    {SIGABRT, false, "invariant"},
    {SIGSEGV, true, "crash (SIGSEGV: access to memory that is not there)"},
    {SIGBUS, true, "crash (SIGBUS: access to memory that is not there)"},
    {SIGILL, true, "crash (SIGILL: no instruction of this processor)"},
    {SIGFPE, true, "crash (SIGFPE: an impossible division)"},
};

// The calling thread's stack for signals, and the end of its report.
class ThreadReport {
 public:
  ThreadReport();
  ~ThreadReport();
  ThreadReport(const ThreadReport&) = delete;
  ThreadReport& operator=(const ThreadReport&) = delete;

  std::string text{};

 private:
  static constexpr std::size_t kStackBytes = std::size_t{64} << 10;
  void* stack_ = nullptr;  // null: the thread has one already, or none
};

// What the handler may read: set while the thread's report lives.
constinit thread_local const ThreadReport* report_of_thread = nullptr;

ThreadReport::ThreadReport() {
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
  if (stack_ == nullptr) return;
  const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  sigaltstack(&none, nullptr);
  munmap(stack_, kStackBytes);
}

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void on_deadly_signal(int number) {
  static constinit std::atomic<bool> reporting{false};
  while (reporting.exchange(true)) pause();  // another thread tells its own, and ends the process
  say("\nFAILED  rule ");
  for (const DeadlySignal& signal : kSignals) {
    if (signal.number == number) say(signal.rule);
  }
  say(report_of_thread != nullptr ? std::string_view(report_of_thread->text) : "  in no run\n");
  _exit(static_cast<int>(cli::Exit::kFinding));
}

}  // namespace

void report_crashes() {
  struct sigaction action{};
  action.sa_handler = on_deadly_signal;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
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

}  // namespace mylonite::sim
