// Seeded random numbers, the same everywhere: xoshiro256** (Blackman & Vigna, 2018), seeded by splitmix64.
// `split("name")` derives an independent stream from the seed and a name, whatever was drawn before. So an added draw
// of one stream never shifts another. Not for secrets. Thread-safety: one thread an object. Write one draw per full
// expression: compilers evaluate function arguments in different orders.
#pragma once

#include <cstdint>
#include <string_view>

namespace mylonite {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  Random split(std::string_view name) const;
  Random split(std::uint64_t index) const;

  std::uint64_t next() {
    const std::uint64_t result = rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  // 0 ≤ result < bound; bound > 0. Multiply-shift: the bias is below 2^-32 for bounds below 2^32.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t draw = next();
    return static_cast<std::uint64_t>((static_cast<Wide>(draw) * bound) >> 64);
  }
  // low ≤ result ≤ high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    const std::uint64_t values = high - low + 1;  // 0: all of them
    return values == 0 ? next() : low + below(values);
  }
  bool chance(std::uint64_t parts, std::uint64_t of) { return below(of) < parts; }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

  std::uint64_t seed_;
  std::uint64_t state_[4];
};

}  // namespace mylonite
