#include "experiments/workload/zipf.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/base/invariant.h"

namespace mylonite::experiments {
namespace {

constexpr int kFractionBits = 32;
constexpr std::uint64_t kOne = std::uint64_t{1} << kFractionBits;
constexpr int kWeightBits = 40;

std::uint64_t square_root(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31; bit > 0; bit >>= 1) {
    const std::uint64_t wider = root | bit;
    if (wider * wider <= value) root = wider;
  }
  return root;
}

// 2^(1/2), 2^(1/4), ...: each is the root of the one before, as a fraction of 31 bits.
constexpr int kRootBits = 31;
std::array<std::uint64_t, kFractionBits> roots_of_two() {
  std::array<std::uint64_t, kFractionBits> roots{};
  std::uint64_t value = std::uint64_t{2} << kRootBits;
  for (std::uint64_t& root : roots) {
    root = square_root(value << kRootBits);
    value = root;
  }
  return roots;
}

// The logarithm of 2, in units of 2^-32.
std::uint64_t log2_of(std::uint64_t number) {
  const int whole = static_cast<int>(std::bit_width(number)) - 1;
  std::uint64_t rest = number << (kRootBits - whole);  // from 1 to 2; numbers stay below 2^31
  std::uint64_t log = static_cast<std::uint64_t>(whole) << kFractionBits;
  for (std::uint64_t bit = kOne >> 1; bit > 0; bit >>= 1) {
    rest = rest * rest >> kRootBits;
    if (rest >> kRootBits >= 2) {
      rest >>= 1;
      log |= bit;
    }
  }
  return log;
}

std::uint64_t weight_of(std::uint64_t rank, const std::array<std::uint64_t, kFractionBits>& roots) {
  const std::uint64_t power = log2_of(rank + 1) / 100 * 99 + log2_of(rank + 1) % 100 * 99 / 100;
  std::uint64_t fraction = std::uint64_t{1} << kRootBits;
  for (int i = 0; i < kFractionBits; ++i) {
    if ((power >> (kFractionBits - 1 - i) & 1) != 0) {
      fraction = fraction * roots[static_cast<std::size_t>(i)] >> kRootBits;
    }
  }
  // 2^40 / (2^whole * fraction)
  const std::uint64_t inverse = (std::uint64_t{1} << 62) / fraction;  // of 31 bits
  return inverse << (kWeightBits - kRootBits) >> (power >> kFractionBits);
}

}  // namespace

Zipf::Zipf(std::uint64_t ranks) {
  invariant(ranks > 0 && ranks < std::uint64_t{1} << 31, "there are ranks to draw from");
  const auto roots = roots_of_two();
  up_to_.reserve(ranks);
  std::uint64_t sum = 0;
  for (std::uint64_t rank = 0; rank < ranks; ++rank) up_to_.push_back(sum += weight_of(rank, roots));
}

std::uint64_t Zipf::draw(Random& random) const {
  const std::uint64_t at = random.below(up_to_.back());
  return static_cast<std::uint64_t>(std::ranges::upper_bound(up_to_, at) - up_to_.begin());
}

}  // namespace mylonite::experiments
