// The memtable alone: insert, get, walk, with 16-byte decimal keys in random order and 100-byte values.
#include <benchmark/benchmark.h>

#include <memory>

#include "core/memtable/memtable.h"
#include "experiments/bench/workload.h"

namespace mylonite {
namespace {

using experiments::Indices;
using experiments::StreamOptions;

StreamOptions stream(const benchmark::State& state) {
  return {.entries = static_cast<std::uint64_t>(state.range(0)), .binary_keys = state.range(1) != 0};
}

std::unique_ptr<Memtable> filled(const StreamOptions& options, Indices indices) {
  auto table = std::make_unique<Memtable>();
  experiments::Keys keys(options);
  const experiments::Values values(options);
  experiments::Order order(indices, options);
  for (std::uint64_t i = 0; i < options.entries; ++i) {
    const std::uint64_t index = order.next();
    table->add(keys.at(index), Timestamp{i + 1}, Kind::kPut, values.at(index, 0));
  }
  return table;
}

void per_entry(benchmark::State& state, std::uint64_t entries) {
  state.SetItemsProcessed(static_cast<std::int64_t>(entries) * state.iterations());
}

void insert_random(benchmark::State& state) {
  const StreamOptions options = stream(state);
  for (auto _ : state) benchmark::DoNotOptimize(filled(options, Indices::kShuffled)->entries());
  per_entry(state, options.entries);
}

void insert_ascending(benchmark::State& state) {
  const StreamOptions options = stream(state);
  for (auto _ : state) benchmark::DoNotOptimize(filled(options, Indices::kAscending)->entries());
  per_entry(state, options.entries);
}

void get_random(benchmark::State& state) {
  const StreamOptions options = stream(state);
  const auto table = filled(options, Indices::kShuffled);
  experiments::Keys keys(options);
  experiments::Order order(Indices::kDrawn, options);
  for (auto _ : state) benchmark::DoNotOptimize(table->get(keys.at(order.next()), kTimestampMax));
  per_entry(state, 1);
}

void walk(benchmark::State& state) {
  const StreamOptions options = stream(state);
  const auto table = filled(options, Indices::kShuffled);
  const auto cursor = table->iterator();
  for (auto _ : state) {
    for (cursor->seek_to_first(); cursor->valid(); cursor->next()) benchmark::DoNotOptimize(cursor->key().data());
  }
  per_entry(state, options.entries);
}

constexpr int kEntries = 400'000;  // about 64 MiB
BENCHMARK(insert_random)->Args({kEntries, 0})->Args({kEntries, 1})->Unit(benchmark::kMillisecond);
BENCHMARK(insert_ascending)->Args({kEntries, 0})->Unit(benchmark::kMillisecond);
BENCHMARK(get_random)->Args({kEntries, 0})->Args({kEntries, 1});
BENCHMARK(walk)->Args({kEntries, 0})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mylonite
