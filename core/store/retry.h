// When background work that failed is tried again.
#pragma once

#include <algorithm>
#include <cstdint>

#include <mylonite/status.h>

namespace mylonite {

// So many failures in a row pass before a user hears of them.
inline constexpr std::uint64_t kFailuresBorne = 3;

// The pause after so many failures in a row, at least 1: 100 ms, doubled with each, up to ten seconds.
constexpr std::uint64_t pause_after(std::uint64_t failures) {
  constexpr std::uint64_t kFirstNs = 100'000'000;
  constexpr std::uint64_t kLongestNs = 10'000'000'000;
  return std::min(kFirstNs << std::min<std::uint64_t>(failures - 1, 10), kLongestNs);
}

// Whether the same work may succeed later: the disk's refusals pass, damage does not.
inline bool may_pass(const Error& error) { return error.code() == Code::kIo || error.code() == Code::kNoSpace; }

}  // namespace mylonite
