#include "core/base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include <mylonite/random.h>

namespace mylonite {
namespace {

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.next());
  return bytes;
}

// Goal: CRC-32C is the standard's. Method: the vectors of RFC 3720, appendix B.4, and the check value of the
// catalogues. Expect: their sums, from both implementations.
TEST(Crc32c, MatchesPublishedVectors) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  for (auto crc : {crc32c, crc32c_portable}) {
    EXPECT_EQ(crc("123456789", 0), 0xe3069283U);
    EXPECT_EQ(crc(std::string(32, '\0'), 0), 0x8a9136aaU);
    EXPECT_EQ(crc(std::string(32, '\xff'), 0), 0x62a8ab43U);
    EXPECT_EQ(crc(ascending, 0), 0x46dd794eU);
    EXPECT_EQ(crc("", 0), 0U);
  }
}

// Goal: the hardware twin equals the table's, at every length and alignment, and sums can be continued. Method: random
// bytes, random cuts. Expect: equality.
TEST(Crc32c, TwinsAgreeAndContinue) {
  Random random(1);
  const std::string bytes = random_bytes(random, 600);
  for (int i = 0; i < 3000; ++i) {
    const std::size_t from = random.below(64);
    const std::string_view part = std::string_view(bytes).substr(from, random.below(500));
    const std::size_t cut = random.below(part.size() + 1);
    ASSERT_EQ(crc32c(part), crc32c_portable(part));
    ASSERT_EQ(crc32c(part.substr(cut), crc32c(part.substr(0, cut))), crc32c(part));
  }
}

// Goal: hash64 is xxh3-64, the same for ever (it is in files). Method: published vector of the empty input, seeds.
// Expect: the vector; another seed, another sum.
TEST(Hash64, IsXxh3) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
  EXPECT_NE(hash64("a"), hash64("b"));
  EXPECT_NE(hash64("a", 1), hash64("a", 2));
}

// Goal: mix64 is bijective. Method: its inverse, applied to random words (multiplicative inverses of its constants,
// shifts undone). Expect: the word.
TEST(Mix64, CanBeUndone) {
  const auto inverse_of = [](std::uint64_t odd) {
    std::uint64_t inverse = odd;
    for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
    return inverse;
  };
  const auto undo_shift = [](std::uint64_t x, int by) {
    std::uint64_t result = x;
    for (int i = 0; i < 64 / by + 1; ++i) result = x ^ (result >> by);
    return result;
  };
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t word = random.next();
    std::uint64_t x = undo_shift(mix64(word), 31) * inverse_of(0x94d049bb133111ebULL);
    x = undo_shift(x, 27) * inverse_of(0xbf58476d1ce4e5b9ULL);
    ASSERT_EQ(undo_shift(x, 30), word);
  }
}

}  // namespace
}  // namespace mylonite
