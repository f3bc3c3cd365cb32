// The progress of a shrinker on a terminal: one line, rewritten a few times a second. Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/cli/output.h"
#include "core/rt/rt.h"
#include "sim/shrink/scenario_size.h"

namespace mylonite::sim {

class ShrinkProgress {
 public:
  ~ShrinkProgress() { clear(); }

  void show(const ScenarioSize& size, std::uint64_t runs) {
    const std::uint64_t now = rt::monotonic_ns();
    if (!terminal_ || now - shown_ < 200'000'000) return;
    shown_ = now;
    cli::print_error("\r\x1b[Kshrinking, " + std::to_string(runs) + " runs: " + to_string(size));
  }
  void clear() {
    if (shown_ > 0) cli::print_error("\r\x1b[K");
    shown_ = 0;
  }

 private:
  const bool terminal_ = cli::errors_go_to_a_terminal();
  std::uint64_t shown_ = 0;
};

}  // namespace mylonite::sim
