// Measurements of the own process: time, processor time, memory, bytes written, background work. Linux only (/proc).
// Thread-safety: any thread, except wait_until_quiet(): the engine's caller; a histogram is for one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "experiments/bench/engine.h"

namespace mylonite::experiments {

std::uint64_t now_ns();

// Counts durations in buckets of 3 % width; constant memory.
class Histogram {
 public:
  void add(std::uint64_t ns);
  bool empty() const { return total_ == 0; }
  double quantile_us(double share) const;  // the upper end of the quantile's bucket; 0 when empty

 private:
  static constexpr std::size_t kSteps = 32;  // buckets for each doubling
  static std::size_t bucket_of(std::uint64_t ns);
  static std::uint64_t upper_end(std::size_t bucket);

  std::array<std::uint32_t, 64 * kSteps> counts_{};
  std::uint64_t total_ = 0;
};

struct Usage {
  double cpu_us = 0;                // of all threads, user and system
  std::uint64_t peak_bytes = 0;     // resident memory
  std::uint64_t written_bytes = 0;  // handed to write calls of any kind; stores into mapped files are not counted
};
Usage usage();

std::uint64_t directory_bytes(const std::string& directory);  // sizes of all files in it

// Waits until the engine reports no background work. If it cannot tell: until, for a while, no other thread of this
// process used the processor or waited for the disk. Returns the time at which the quiet began.
std::uint64_t wait_until_quiet(Engine& engine);

}  // namespace mylonite::experiments
