// Encoding of log records, as the writer does for each commit group: one put of 16 + 100 bytes.
#include <benchmark/benchmark.h>

#include <string>

#include <mylonite/write_batch.h>

#include "core/wal/record.h"

namespace mylonite {
namespace {

void encode_put(benchmark::State& state) {
  WriteBatch batch;
  batch.put(std::string(16, 'k'), std::string(static_cast<std::size_t>(state.range(0)), 'v'));
  const WalHeader log{.number = FileNumber{3}, .salt = 77, .previous = {}, .manifest = {}};
  std::string buffer;
  std::uint64_t offset = kWalHeaderBytes;
  for (auto _ : state) {
    buffer.clear();
    encode_record(buffer, log, offset, {.synced_to = 64, .at = Timestamp{offset}, .payload = batch.encoded()});
    offset += buffer.size();
    benchmark::DoNotOptimize(buffer.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(offset));
}
BENCHMARK(encode_put)->Arg(100)->Arg(4096);

}  // namespace
}  // namespace mylonite
