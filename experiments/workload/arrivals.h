// The times at which operations of an open loop arrive: a Poisson process, so gaps are exponential. Whole numbers only.
//
// With bursts the mean gap changes by turns between 11/20 and 11/2 of what it is otherwise, a factor of ten. Ten of
// eleven arrivals are frequent ones, so both kinds last equally long, and the mean over both stays.
// Units: nanoseconds of virtual time. Thread-safety: one thread an object.
#pragma once

#include <cstdint>

#include <mylonite/random.h>

#include "core/base/fixed_point.h"

namespace mylonite::experiments {

class Arrivals {
 public:
  // One arrival in every mean_ps picoseconds, from the time on. burst: arrivals of a turn of both kinds; 0: one kind.
  Arrivals(std::uint64_t mean_ps, std::uint64_t from_ns, Random random, std::uint64_t burst = 0)
      : mean_ps_(mean_ps), next_ps_(from_ns * 1000), random_(random), burst_(burst) {}

  // The negative logarithm of a uniform draw in (0, 1], times the mean.
  std::uint64_t next_ns() {
    constexpr std::uint64_t kUnit = 1 << 16;
    constexpr std::uint64_t kLn2 = 45'426;  // in units of 2^-16
    const std::uint64_t draw = random_.between(1, std::uint64_t{1} << 32);
    const std::uint64_t doublings = 32 * kUnit - log2_q16(draw);
    next_ps_ += mean_ps() * (doublings * kLn2 / kUnit) / kUnit;
    return next_ps_ / 1000;
  }

 private:
  std::uint64_t mean_ps() {
    if (burst_ == 0) return mean_ps_;
    return number_++ % burst_ < burst_ * 10 / 11 ? mean_ps_ * 11 / 20 : mean_ps_ * 11 / 2;
  }

  std::uint64_t mean_ps_;
  std::uint64_t next_ps_;
  Random random_;
  std::uint64_t burst_;
  std::uint64_t number_ = 0;  // of the next arrival
};

}  // namespace mylonite::experiments
