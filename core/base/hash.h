// Hashes of bytes, the same on every machine: CRC-32C for logs and manifests, xxh3-64 for tables and filters.
// CRC-32C has the polynomial 0x1EDC6F41, reflected, as in iSCSI. It uses the processor's instruction, or else a table.
// Complexity: linear; about 10-20 GB/s (crc32c in hardware) and 40 GB/s (xxh3) on the reference machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace mylonite {

std::uint32_t crc32c(std::string_view bytes, std::uint32_t initial = 0);
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t initial = 0);  // by the table; for tests

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);  // xxh3-64

// A bijective mix of one word (the finalizer of splitmix64, Steele et al., OOPSLA 2014).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace mylonite
