#include <mylonite/random.h>

#include "core/base/hash.h"

namespace mylonite {

Random::Random(std::uint64_t seed) : seed_(seed) {
  std::uint64_t x = seed;
  for (std::uint64_t& word : state_) word = mix64(x += 0x9e3779b97f4a7c15ULL);
}

Random Random::split(std::string_view name) const { return Random(mix64(seed_ ^ hash64(name, 0x5eed))); }

Random Random::split(std::uint64_t index) const { return Random(mix64(seed_ + mix64(index + 1))); }

}  // namespace mylonite
