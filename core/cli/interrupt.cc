#include "core/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace mylonite::cli {
namespace {

constexpr int kAtOnce = 3;

// Global, since a signal handler can reach nothing else.
std::atomic<int> first_signal{0};
std::atomic<int> signals{0};

Exit exit_of(int signal) { return signal == SIGTERM ? Exit::kTerminated : Exit::kInterrupted; }

void on_signal(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  if (++signals >= kAtOnce) _exit(static_cast<int>(exit_of(signal)));
}

}  // namespace

void take_interrupts() {
  for (const int signal : {SIGINT, SIGTERM}) {
    if (std::signal(signal, on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

bool interrupt_asked() { return first_signal != 0; }
std::string_view interrupt_name() { return first_signal == SIGTERM ? "SIGTERM" : "SIGINT"; }
Exit interrupt_exit() { return exit_of(first_signal); }

}  // namespace mylonite::cli
