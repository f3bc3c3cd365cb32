// Copies after a hash: whether a hash leaves the processor in a state in which the C library's copies are slow.
//
// copy_after_hash must take no more than copy_alone and hash_alone together. Copies are as in merges: by turns of a
// size that the compiler knows, in old vector instructions, and by the C library, in new ones.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "core/base/hash.h"

namespace mylonite {
namespace {

constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kEntryBytes = 112;
constexpr std::size_t kKeyBytes = 16;
constexpr int kCopies = 64;

void copies(benchmark::State& state, bool hashes) {
  const std::string block(kBlockBytes, 'b');
  std::string to(kEntryBytes, ' ');
  for (auto _ : state) {
    if (hashes) benchmark::DoNotOptimize(hash64(block, 0));
    for (int i = 0; i < kCopies; ++i) {
      std::size_t bytes = kEntryBytes;
      benchmark::DoNotOptimize(bytes);  // so that the library copies
      std::memcpy(to.data(), block.data() + i, bytes);
      benchmark::DoNotOptimize(to.data());
      std::memcpy(to.data() + 1, block.data() + i, kKeyBytes);
      benchmark::ClobberMemory();
    }
  }
}
void copy_alone(benchmark::State& state) { copies(state, false); }
void copy_after_hash(benchmark::State& state) { copies(state, true); }
void hash_alone(benchmark::State& state) {
  const std::string block(kBlockBytes, 'b');
  for (auto _ : state) benchmark::DoNotOptimize(hash64(block, 0));
}
BENCHMARK(copy_alone);
BENCHMARK(copy_after_hash);
BENCHMARK(hash_alone);

}  // namespace
}  // namespace mylonite
