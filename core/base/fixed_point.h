// Arithmetic in whole numbers: the same on every machine, for what must not depend on a machine's floating point.
// Thread-safety: pure.
#pragma once

#include <bit>
#include <cstdint>

namespace mylonite {

// The logarithm to base 2 of n ≥ 1, in units of 2^-16, rounded down. The mantissa is squared once for each bit.
constexpr std::uint64_t log2_q16(std::uint64_t n) {
  constexpr int kFractionBits = 16;
  const int whole = static_cast<int>(std::bit_width(n)) - 1;
  auto log = static_cast<std::uint64_t>(whole);
  std::uint64_t mantissa = whole >= 31 ? n >> (whole - 31) : n << (31 - whole);  // n / 2^whole, in units of 2^-31
  for (int bit = 0; bit < kFractionBits; ++bit) {
    mantissa = mantissa * mantissa >> 31;
    log <<= 1;
    if (mantissa >> 32 != 0) {
      mantissa >>= 1;
      log |= 1;
    }
  }
  return log;
}

// a · b / c, rounded down, with the product in 128 bits. Requires a quotient below 2^64.
constexpr std::uint64_t multiply_divide(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{a} * b / c);
}

}  // namespace mylonite
