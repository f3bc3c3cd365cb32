#include "experiments/bench/workload.h"

#include <algorithm>
#include <cstring>

namespace mylonite::experiments {
namespace {

constexpr Workload kWorkloads[] = {
    {.name = "fillseq", .action = Action::kPut, .indices = Indices::kAscending, .loaded = false, .synced = false},
    {.name = "fillrandom", .action = Action::kPut, .indices = Indices::kShuffled, .loaded = false, .synced = false},
    {.name = "fillsync", .action = Action::kPut, .indices = Indices::kShuffled, .loaded = false, .synced = true},
    {.name = "overwrite",
     .action = Action::kPut,
     .indices = Indices::kDrawn,
     .loaded = true,
     .synced = false,
     .generation = 1},
    {.name = "deleterandom", .action = Action::kRemove, .indices = Indices::kShuffled, .loaded = true, .synced = false},
    {.name = "readrandom", .action = Action::kGet, .indices = Indices::kDrawn, .loaded = true, .synced = false},
    {.name = "readmissing", .action = Action::kGetMissing, .indices = Indices::kDrawn, .loaded = true, .synced = false},
    {.name = "readseq", .action = Action::kScanAll, .indices = Indices::kAscending, .loaded = true, .synced = false},
    {.name = "seekrandom10", .action = Action::kSeek, .indices = Indices::kDrawn, .loaded = true, .synced = false},
};

constexpr std::uint64_t kSeekShare = 4;  // one seek for this many entries

std::uint64_t word_at(std::string_view bytes, std::size_t offset) {
  std::uint64_t word = 0;
  if (offset < bytes.size()) std::memcpy(&word, bytes.data() + offset, std::min(sizeof word, bytes.size() - offset));
  return word;
}

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

const Workload* find_workload(std::string_view name) {
  const auto* found = std::ranges::find(kWorkloads, name, &Workload::name);
  return found == std::end(kWorkloads) ? nullptr : found;
}

std::uint64_t operations_of(const Workload& workload, const StreamOptions& options, std::uint64_t synced_entries) {
  if (workload.synced) return std::min(options.entries, synced_entries);
  if (workload.action == Action::kScanAll) return options.entries * kScanPasses;
  if (workload.action == Action::kSeek) return std::max<std::uint64_t>(options.entries / kSeekShare, 1);
  return options.entries;
}

std::uint64_t entry_digest(std::string_view key, std::string_view value) {
  const std::uint64_t ends =
      word_at(value, 0) ^ (word_at(value, value.size() - std::min<std::size_t>(8, value.size())) << 1);
  return (word_at(key, key.size() - std::min<std::size_t>(8, key.size())) ^ ends) * 0x9e3779b97f4a7c15ULL +
         value.size();
}

Model::Model(const StreamOptions& options, bool loaded)
    : keys_(options), values_(options), generation_(options.entries, loaded ? std::int8_t{0} : kAbsent) {}

std::uint64_t Model::live() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(generation_, [](std::int8_t generation) { return generation != kAbsent; }));
}

Seen Model::scan(std::uint64_t from, std::uint64_t limit) {
  Seen seen;
  for (std::uint64_t i = from; i < generation_.size() && seen.entries < limit; ++i) {
    if (generation_[i] != kAbsent) seen.add(keys_.at(i), values_.at(i, static_cast<std::uint64_t>(generation_[i])));
  }
  return seen;
}

}  // namespace mylonite::experiments
