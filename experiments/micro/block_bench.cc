// A data block of 4 KiB with 16-byte decimal keys and 100-byte values: seek, walk forward, walk backward.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include <mylonite/random.h>

#include "core/format/internal_key.h"
#include "core/sst/block.h"
#include "experiments/bench/workload.h"

namespace mylonite {
namespace {

struct Sample {
  std::shared_ptr<const Block> block;
  std::vector<std::string> keys;
};

Sample sample() {
  Sample made;
  const experiments::StreamOptions options{.entries = 1'000'000};
  experiments::Keys keys(options);
  const experiments::Values values(options);
  BlockBuilder builder;
  for (std::uint64_t i = 123'450; builder.bytes() < 4096; ++i) {
    made.keys.push_back(internal_key(keys.at(i), Timestamp{i}, Kind::kPut));
    builder.add(made.keys.back(), values.at(i, 0));
  }
  auto block = Block::parse(std::string(builder.finish()));
  if (block.ok()) made.block = std::make_shared<const Block>(std::move(*block));
  return made;
}

void block_seek(benchmark::State& state) {
  const Sample made = sample();
  BlockIterator cursor(made.block);
  Random random(3);
  for (auto _ : state) {
    cursor.seek(made.keys[random.below(made.keys.size())]);
    benchmark::DoNotOptimize(cursor.value().data());
  }
}

// The work of a get: a new cursor, one seek.
void block_find(benchmark::State& state) {
  const Sample made = sample();
  Random random(3);
  for (auto _ : state) {
    BlockIterator cursor(made.block);
    cursor.seek(made.keys[random.below(made.keys.size())]);
    benchmark::DoNotOptimize(cursor.value().data());
  }
}

void block_forward(benchmark::State& state) {
  const Sample made = sample();
  BlockIterator cursor(made.block);
  for (auto _ : state) {
    for (cursor.seek_to_first(); cursor.valid(); cursor.next()) benchmark::DoNotOptimize(cursor.key().data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(made.keys.size()) * state.iterations());
}

void block_backward(benchmark::State& state) {
  const Sample made = sample();
  BlockIterator cursor(made.block);
  for (auto _ : state) {
    for (cursor.seek_to_last(); cursor.valid(); cursor.prev()) benchmark::DoNotOptimize(cursor.key().data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(made.keys.size()) * state.iterations());
}

BENCHMARK(block_seek);
BENCHMARK(block_find);
BENCHMARK(block_forward);
BENCHMARK(block_backward);

}  // namespace
}  // namespace mylonite
