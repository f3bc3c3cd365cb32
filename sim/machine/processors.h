// The processors of a simulated computer: the work that the engine reports takes virtual time.
//
// Each unit of work has a price in picoseconds. Fibers gather a debt; when they settle it, the processor that is free
// first works it off. A debt is settled before anything that others can see, and at kSettleAtPs. So a fiber may run
// ahead of its processor by that much. It is not preempted within one debt.
//
// Integers only. Thread-safety: one thread an object. Complexity: linear in processors for each settlement.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/rt/scheduler.h"

namespace mylonite::sim {

using WorkPrices = std::array<std::uint64_t, rt::kWorks>;  // picoseconds a unit, by rt::Work

class Processors {
 public:
  static constexpr std::uint64_t kSettleAtPs = 10'000'000;  // 10 microseconds

  Processors(std::uint64_t count, const WorkPrices& prices) : prices_(prices), free_ps_(count) {}

  std::uint64_t price_ps(rt::Work kind, std::uint64_t count) const {
    return prices_[static_cast<std::size_t>(kind)] * count;
  }

  // Gives the work to the processor that is free first. Returns the time at which it is done.
  std::uint64_t done_ns(std::uint64_t now_ns, std::uint64_t debt_ps) {
    const auto first = std::ranges::min_element(free_ps_);
    *first = std::max(*first, now_ns * kPsPerNs) + debt_ps;
    busy_ps_ += debt_ps;
    return (*first + kPsPerNs - 1) / kPsPerNs;
  }

  std::uint64_t busy_ns() const { return busy_ps_ / kPsPerNs; }  // of all processors, so far

 private:
  static constexpr std::uint64_t kPsPerNs = 1000;

  WorkPrices prices_;
  std::vector<std::uint64_t> free_ps_;  // when each is free
  std::uint64_t busy_ps_ = 0;
};

}  // namespace mylonite::sim
