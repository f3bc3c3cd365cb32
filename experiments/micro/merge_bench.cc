// A merge over N children that hold random shares of one sequence of 16-byte keys. The children themselves cost almost
// nothing, so that the merge itself is measured.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include <mylonite/random.h>

#include "core/format/internal_key.h"
#include "core/iter/merging_iterator.h"
#include "experiments/bench/workload.h"

namespace mylonite {
namespace {

class Listed final : public InternalIterator {
 public:
  explicit Listed(const std::vector<std::string>& keys) : keys_(keys), at_(keys.size()) {}
  bool valid() const override { return at_ < keys_.size(); }
  void seek_to_first() override { at_ = 0; }
  void seek_to_last() override { at_ = keys_.size() - 1; }
  void seek(std::string_view target) override {
    at_ = 0;
    for (std::size_t left = keys_.size(); left > 0;) {
      const std::size_t half = left / 2;
      const bool before = compare_internal(keys_[at_ + half], target) < 0;
      at_ += before ? half + 1 : 0;
      left = before ? left - half - 1 : half;
    }
  }
  void next() override { ++at_; }
  void prev() override { at_ = at_ == 0 ? keys_.size() : at_ - 1; }
  std::string_view key() const override { return keys_[at_]; }
  std::string_view value() const override { return {}; }
  Status status() const override { return {}; }

 private:
  const std::vector<std::string>& keys_;
  std::size_t at_;
};

constexpr std::uint64_t kEntries = 200'000;

std::vector<std::vector<std::string>> dealt(std::size_t children) {
  std::vector<std::vector<std::string>> parts(children);
  experiments::Keys keys({.entries = kEntries});
  Random random(5);
  for (std::uint64_t i = 0; i < kEntries; ++i) {
    parts[random.below(children)].push_back(internal_key(keys.at(i), Timestamp{i + 1}, Kind::kPut));
  }
  return parts;
}

MergingIterator merged(const std::vector<std::vector<std::string>>& parts) {
  std::vector<std::unique_ptr<InternalIterator>> children;
  for (const auto& part : parts) children.push_back(std::make_unique<Listed>(part));
  return MergingIterator(std::move(children));
}

void merge_forward(benchmark::State& state) {
  const auto parts = dealt(static_cast<std::size_t>(state.range(0)));
  MergingIterator cursor = merged(parts);
  for (auto _ : state) {
    for (cursor.seek_to_first(); cursor.valid(); cursor.next()) benchmark::DoNotOptimize(cursor.key().data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kEntries) * state.iterations());
}

void merge_seek(benchmark::State& state) {
  const auto parts = dealt(static_cast<std::size_t>(state.range(0)));
  MergingIterator cursor = merged(parts);
  experiments::Keys keys({.entries = kEntries});
  Random random(6);
  for (auto _ : state) {
    cursor.seek(internal_key(keys.at(random.below(kEntries)), kTimestampMax, Kind::kPut));
    benchmark::DoNotOptimize(cursor.valid());
  }
}

BENCHMARK(merge_forward)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Arg(16)->Unit(benchmark::kMillisecond);
BENCHMARK(merge_seek)->Arg(1)->Arg(8);

}  // namespace
}  // namespace mylonite
