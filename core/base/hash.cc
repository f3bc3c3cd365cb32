#include "core/base/hash.h"

#include <array>
#include <cstring>

#if defined(MYLONITE_XXHASH_DISPATCHES)
#include <xxh_x86dispatch.h>  // names the widest variant that the processor runs; the results are the same
#else
#include <xxhash.h>
#endif

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mylonite {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    table[i] = crc;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_hardware(std::string_view bytes, std::uint32_t initial) {
  std::uint64_t crc = ~initial;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    crc = _mm_crc32_u64(crc, word);
  }
  auto narrow = static_cast<std::uint32_t>(crc);
  for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
  return ~narrow;
}
const bool kHasHardwareCrc = __builtin_cpu_supports("sse4.2") != 0;
#endif

// Up to so many bytes xxh3 uses no wide registers.
constexpr std::size_t kShortBytes = 240;

// The library's wide variants (libxxhash 0.8.1) return with the upper halves of vector registers in use. On some
// processors every change between old and new vector instructions then costs some 70 cycles, also in the C library's
// memcpy, until they are cleared: without this the store takes twice the time.
#if defined(__x86_64__) && defined(MYLONITE_XXHASH_DISPATCHES)
const bool kHasAvx = __builtin_cpu_supports("avx") != 0;
[[gnu::target("avx")]] void clear_upper_halves() { _mm256_zeroupper(); }
void leave_wide_registers() {
  if (kHasAvx) clear_upper_halves();
}
#else
void leave_wide_registers() {}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t initial) {
  std::uint32_t crc = ~initial;
  for (char c : bytes) crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t initial) {
#if defined(__x86_64__)
  if (kHasHardwareCrc) return crc32c_hardware(bytes, initial);
#endif
  return crc32c_portable(bytes, initial);
}

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) {
  const std::uint64_t hash = XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
  if (bytes.size() > kShortBytes) leave_wide_registers();
  return hash;
}

}  // namespace mylonite
