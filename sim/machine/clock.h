// Virtual time, owned by the simulation and outliving its incarnations of the store. Units as in core/rt/rt.h:
// monotonic in nanoseconds, wall time in ticks of 100 ns since 1970.
//
// Invariants: monotonic time never goes back. Wall time follows it; it may jump either way (within 0 and 2^64 - 1), and
// stand still, and then continues from where it stood. Readings above a limit count as not usable.
// Thread-safety: one thread an object.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mylonite::sim {

class VirtualClock {
 public:
  explicit VirtualClock(std::uint64_t wall_ticks, std::uint64_t usable_max = UINT64_MAX)
      : wall_ticks_then_(wall_ticks), usable_max_(usable_max) {}

  std::uint64_t monotonic_ns() const { return now_ns_; }
  void advance(std::uint64_t ns) { now_ns_ += ns; }
  void advance_to(std::uint64_t ns) { now_ns_ = ns > now_ns_ ? ns : now_ns_; }

  std::uint64_t wall_ticks() const {
    return frozen_ ? wall_ticks_then_ : add(wall_ticks_then_, (now_ns_ - then_ns_) / kNsPerTick);
  }
  std::uint64_t wall_ticks_highest() const { return std::max(highest_, wall_ticks()); }  // of all readings so far
  // The same of those that were usable; 0 if none was.
  std::uint64_t wall_ticks_highest_usable() const {
    const bool usable = wall_ticks_then_ <= usable_max_;
    return std::max(highest_usable_, usable ? std::min(wall_ticks(), usable_max_) : 0);
  }
  void jump(std::int64_t ticks) {
    settle();
    const auto magnitude = static_cast<std::uint64_t>(ticks < 0 ? -(ticks + 1) : ticks) + (ticks < 0 ? 1 : 0);
    if (ticks >= 0) {
      wall_ticks_then_ = add(wall_ticks_then_, magnitude);
    } else {
      wall_ticks_then_ = wall_ticks_then_ > magnitude ? wall_ticks_then_ - magnitude : 0;
    }
  }
  void freeze() {
    settle();
    frozen_ = true;
  }
  void unfreeze() {
    settle();
    frozen_ = false;
  }

 private:
  static constexpr std::uint64_t kNsPerTick = 100;
  static std::uint64_t add(std::uint64_t a, std::uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }
  void settle() {  // makes now the base that wall time is counted from
    highest_ = wall_ticks_highest();
    highest_usable_ = wall_ticks_highest_usable();
    wall_ticks_then_ = wall_ticks();
    then_ns_ = now_ns_;
  }

  std::uint64_t now_ns_ = 0;
  std::uint64_t then_ns_ = 0;
  std::uint64_t wall_ticks_then_;
  std::uint64_t usable_max_;
  std::uint64_t highest_ = 0;         // before the base
  std::uint64_t highest_usable_ = 0;  // likewise
  bool frozen_ = false;
};

}  // namespace mylonite::sim
