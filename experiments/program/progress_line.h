// How far a command is: a line on a terminal, rewritten at most ten times a second; nothing elsewhere.
// Thread-safety: one call at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mylonite::experiments {

class ProgressLine {
 public:
  ~ProgressLine();
  void show(std::uint64_t done, std::uint64_t all, std::string_view what);

 private:
  using Clock = std::chrono::steady_clock;  // real time, on a simulated machine as well
  const Clock::time_point began_ = Clock::now();
  Clock::time_point last_{};
  bool shown_ = false;
};

}  // namespace mylonite::experiments
