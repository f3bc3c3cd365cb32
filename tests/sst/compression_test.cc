#include "core/sst/compression.h"

#include <gtest/gtest.h>

#include <mylonite/random.h>

#include "core/base/coding.h"

namespace mylonite {
namespace {

constexpr Codec kCodecs[] = {Codec::kLz4, Codec::kZstd};

// `noise` of 8 bytes are random, the rest repeats.
std::string block_of(Random& random, std::size_t size, std::uint64_t noise) {
  std::string bytes;
  while (bytes.size() < size) {
    bytes += random.chance(noise, 8) ? static_cast<char>(random.next()) : static_cast<char>('a' + bytes.size() % 4);
  }
  return bytes;
}

// Goal: what is compressed comes back, and only what pays is compressed. Method: blocks of 0 bytes to 300 KiB from
// uniform to random, one Compressor for all; some bytes stand in the output before. Expect: equal bytes; a stored form
// of at most seven eighths, or the output as it was; both occur for each codec.
TEST(Compression, RoundTripsWhatPays) {
  for (Codec codec : kCodecs) {
    Random random(3);
    Compressor compressor(codec);
    Decompressor decompressor;
    std::size_t paid = 0;
    std::size_t refused = 0;
    for (std::size_t round = 0; round < 400; ++round) {
      const std::size_t size = round < 40 ? round : random.below(round % 20 == 0 ? 300 << 10 : 6000);
      const std::string raw = block_of(random, size, round % 9);
      std::string out = "before";
      if (!compressor.compress(raw, out)) {
        ASSERT_EQ(out, "before");
        ++refused;
        continue;
      }
      ++paid;
      const std::string_view stored = std::string_view(out).substr(6);
      ASSERT_TRUE(out.starts_with("before"));
      ASSERT_LE(stored.size(), raw.size() - raw.size() / 8);
      const auto back = decompressor.decompress(codec, stored);
      ASSERT_TRUE(back.ok());
      ASSERT_EQ(*back, raw);
    }
    EXPECT_GT(paid, 100U);
    EXPECT_GT(refused, 50U);
  }
}

// Goal: equal blocks are stored as equal bytes, whatever was compressed before (traces depend on it). Method: one
// Compressor that was used a lot and a fresh one.
TEST(Compression, DoesNotDependOnThePast) {
  for (Codec codec : kCodecs) {
    Random random(4);
    Compressor used(codec);
    for (int i = 0; i < 200; ++i) {
      const std::string raw = block_of(random, random.below(20000), 2);
      std::string by_used;
      std::string by_fresh;
      const bool paid = used.compress(raw, by_used);
      ASSERT_EQ(Compressor(codec).compress(raw, by_fresh), paid);
      ASSERT_EQ(by_used, by_fresh);
    }
  }
}

// Goal: no bytes make a decoder misbehave or believe a size (run it under ASan and UBSan, too). Method: stored forms
// changed, cut, and with sizes that were not written. Expect: kCorruption or a block of the size claimed; a claim of
// more than the codec can make is refused at once.
TEST(Compression, SurvivesAnyBytes) {
  for (Codec codec : kCodecs) {
    Random random(5);
    Compressor compressor(codec);
    Decompressor decompressor;
    std::size_t refused = 0;
    for (int round = 0; round < 5000; ++round) {
      std::string stored;
      if (!compressor.compress(block_of(random, random.between(100, 3000), 1), stored)) continue;
      for (std::uint64_t left = random.below(3); left > 0; --left) {
        stored[random.below(stored.size())] = static_cast<char>(random.next());
      }
      if (random.chance(1, 4)) stored.resize(random.below(stored.size()));
      const auto back = decompressor.decompress(codec, stored);
      refused += back.ok() ? 0 : 1;
      if (!back.ok()) {
        ASSERT_EQ(back.error().code(), Code::kCorruption);
        continue;
      }
      std::string_view in = stored;
      std::uint64_t size = 0;
      ASSERT_TRUE(get_varint64(in, size));
      ASSERT_EQ(back->size(), size);
    }
    EXPECT_GT(refused, 1000U);
    for (std::uint64_t claim : {std::uint64_t{1} << 30, std::uint64_t{kRawBytesMax} + 1, UINT64_MAX}) {
      std::string stored;
      put_varint(stored, claim);
      stored += std::string(20, 'x');
      EXPECT_FALSE(decompressor.decompress(codec, stored).ok());
    }
    EXPECT_FALSE(decompressor.decompress(codec, "").ok());
  }
}

// Goal: names are those of the option. Expect: an unknown one is none.
TEST(Compression, HasNames) {
  EXPECT_EQ(codec_named("none"), Codec::kNone);
  EXPECT_EQ(codec_named("lz4"), Codec::kLz4);
  EXPECT_EQ(codec_named("zstd"), Codec::kZstd);
  EXPECT_EQ(codec_named("lzo"), Codec::kNone);
}

}  // namespace
}  // namespace mylonite
