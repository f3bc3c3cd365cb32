// Hybrid logical timestamps: the order of everything.
//
// 56 bits of ticks (100 ns since 1970-01-01 UTC; exhausted in 2198). One stamp a write batch: sequence number, snapshot
// name and wall-clock meaning in one (Kulkarni et al., "Logical Physical Clocks", 2014). Strong type: not an integer.
#pragma once

#include <compare>
#include <cstdint>

namespace mylonite {

struct Timestamp {
  std::uint64_t ticks = 0;
  auto operator<=>(const Timestamp&) const = default;
};

inline constexpr Timestamp kTimestampMin{0};
inline constexpr Timestamp kTimestampMax{(1ULL << 56) - 1};
inline constexpr std::uint64_t kTicksPerSecond = 10'000'000;

// The moment of a read: it sees what was written up to `at`, without what was written up to `expired_through`.
struct ReadMoment {
  Timestamp at;
  Timestamp expired_through;  // kTimestampMin: nothing has expired
  constexpr ReadMoment() = default;
  constexpr ReadMoment(Timestamp stamp, Timestamp expired = {}) : at(stamp), expired_through(expired) {}
  bool operator==(const ReadMoment&) const = default;
};

// The number of a file of the store. It is never reused for a file that a manifest ever listed, nor while a name with
// it is on the disk. (A file that no manifest listed may lose its name in a crash; then its number is free again.)
struct FileNumber {
  std::uint64_t value = 0;
  auto operator<=>(const FileNumber&) const = default;
};

}  // namespace mylonite
