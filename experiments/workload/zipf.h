// Zipf's distribution in whole numbers: rank r of n is drawn in proportion to 1 / (r + 1)^0.99, on every machine alike.
//
// The weights are 2^40 / (r + 1)^0.99, rounded down. The power is 2^(0.99 log2), with binary fractions of 32 bits: the
// logarithm bit by bit (squaring), its inverse from 2^(1/2), 2^(1/4), ... The relative error is below 1e-6 up to rank
// 10^6. The exponent is that of YCSB (Cooper et al., SoCC 2010). Thread-safety: pure after construction. Complexity: 8
// bytes a rank; a draw is a binary search.
#pragma once

#include <cstdint>
#include <vector>

#include <mylonite/random.h>

namespace mylonite::experiments {

class Zipf {
 public:
  explicit Zipf(std::uint64_t ranks);  // at least 1
  std::uint64_t draw(Random& random) const;

 private:
  std::vector<std::uint64_t> up_to_;  // by rank: the sum of its weight and those before
};

}  // namespace mylonite::experiments
