// Issues timestamps: a hybrid logical clock that never goes back and never issues a stamp twice, crashes included.
//
// Every stamp is max(wall clock, last + 1) and stays below a *ceiling* that the manifest holds durably. The ceiling is
// extended ahead of use; an open starts at it. So a stamp that was seen before a crash is never issued again.
// A wall clock within 2^48 ticks of kTimestampMax counts as standing still, so that it cannot use the stamps up.
// Pure arithmetic; no I/O, no clock of its own. Thread-safety: the owner serializes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <mylonite/timestamp.h>

namespace mylonite {

class StampSource {
 public:
  static constexpr std::uint64_t kCeilingAheadTicks = 5 * kTicksPerSecond;
  static constexpr std::uint64_t kUnusableAboveTicks = kTimestampMax.ticks - (1ULL << 48);

  StampSource() = default;
  // `last`: the newest stamp that may have been issued before.
  StampSource(Timestamp last, Timestamp ceiling) : last_(last), ceiling_(ceiling) {}

  static bool clock_is_usable(std::uint64_t wall_ticks) { return wall_ticks <= kUnusableAboveTicks; }

  // The stamp after `last` at this clock reading; empty when the stamps are used up.
  static std::optional<Timestamp> after(Timestamp last, std::uint64_t wall_ticks) {
    const std::uint64_t clock = clock_is_usable(wall_ticks) ? wall_ticks : 0;
    const Timestamp next{std::max(clock, last.ticks + 1)};
    if (next >= kTimestampMax) return std::nullopt;
    return next;
  }
  // A ceiling that allows `stamp`.
  static Timestamp ceiling_for(Timestamp stamp) {
    return Timestamp{std::min(kTimestampMax.ticks, stamp.ticks + kCeilingAheadTicks)};
  }

  Timestamp last() const { return last_; }
  Timestamp ceiling() const { return ceiling_; }
  // Requires at > last() and at < ceiling().
  void issued(Timestamp at) { last_ = at; }
  void raise_ceiling(Timestamp ceiling) { ceiling_ = std::max(ceiling_, ceiling); }

 private:
  Timestamp last_;
  Timestamp ceiling_;
};

}  // namespace mylonite
