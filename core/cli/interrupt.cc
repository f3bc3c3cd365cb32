#include "core/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace mylonite::cli {
namespace {

constexpr int kAtOnce = 3;

// Global, since a signal handler can reach nothing else.
std::atomic<int> first_signal{0};
std::atomic<int> signals{0};
std::atomic<bool> asked{false};
std::string_view text_at_first;

Exit exit_of(int signal) { return signal == SIGTERM ? Exit::kTerminated : Exit::kInterrupted; }

void on_signal(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  asked = true;
  const int count = ++signals;
  if (count >= kAtOnce) _exit(static_cast<int>(exit_of(signal)));
  const int error = errno;
  if (count == 1 && write(STDERR_FILENO, text_at_first.data(), text_at_first.size()) < 0) errno = error;
}

}  // namespace

void take_interrupts(std::string_view said) {
  text_at_first = said;
  for (const int signal : {SIGINT, SIGTERM}) {
    if (std::signal(signal, on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

const std::atomic<bool>& interrupt_asked() { return asked; }
std::string_view interrupt_name() { return first_signal == SIGTERM ? "SIGTERM" : "SIGINT"; }
Exit interrupt_exit() { return exit_of(first_signal); }

}  // namespace mylonite::cli
