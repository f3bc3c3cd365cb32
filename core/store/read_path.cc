#include "core/store/read_path.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/iter/merging_iterator.h"

namespace mylonite {
namespace {

// What one source says of a key: its newest entry and the newest range delete over it, both not above the stamp.
template <class Entry>
std::optional<std::optional<std::string>> answer(std::optional<Entry>& found, Timestamp covered) {
  if (found && found->at >= covered) {
    if (found->kind != Kind::kPut) return std::optional<std::string>();
    return std::optional<std::string>(std::move(found->value));
  }
  // Hidden here, and so is all that the sources behind hold of the key.
  if (found || covered > kTimestampMin) return std::optional<std::string>();
  return std::nullopt;
}

}  // namespace

const TableReader* table_for(const TableRun& run, std::string_view user_key) {
  const auto found = std::ranges::partition_point(*run.tables, [&](const auto& table) {
    const std::string_view largest = table->info().largest;
    const auto order = user_key_of(largest) <=> user_key;
    return order < 0 || (order == 0 && trailer_of(largest) == kBorderTrailer);
  });
  if (found == run.tables->end() || user_key_of((*found)->info().smallest) > user_key) return nullptr;
  return found->get();
}

Result<std::optional<std::string>> get_at(const ReadState& state, std::string_view key, Timestamp at,
                                          Counters& counters) {
  for (const auto& memtable : state.memtables) {
    const auto ranges = memtable->range_tombstones();
    auto found = memtable->get(key, at);
    auto value = answer(found, ranges == nullptr ? kTimestampMin : ranges->newest_covering(key, at));
    if (!value) continue;
    counters.memtable_hits.add(1);
    return std::move(*value);
  }
  for (const TableRun& run : *state.runs) {
    const TableReader* table = table_for(run, key);
    if (table == nullptr) continue;
    counters.tables_probed.add(1);
    Timestamp covered;
    if (run.range_deletes) {
      const auto ranges = table->range_tombstones();
      if (!ranges.ok()) return ranges.error();
      covered = (*ranges)->newest_covering(key, at);
    }
    auto found = table->get(key, at);
    if (!found.ok()) return found.error();
    if (auto value = answer(*found, covered)) return std::move(*value);
  }
  return std::optional<std::string>();
}

std::unique_ptr<InternalIterator> all_versions(const ReadState& state) {
  std::vector<std::unique_ptr<InternalIterator>> sources;
  for (const auto& memtable : state.memtables) sources.push_back(memtable->iterator());
  for (const TableRun& run : *state.runs) sources.push_back(std::make_unique<RunIterator>(run.tables));
  return std::make_unique<MergingIterator>(std::move(sources));
}

Result<RangeTombstones> all_range_deletes(const ReadState& state) {
  std::vector<RangeTombstone> all;
  for (const auto& memtable : state.memtables) {
    if (const auto ranges = memtable->range_tombstones()) {
      for (RangeTombstone& each : ranges->list()) all.push_back(std::move(each));
    }
  }
  for (const TableRun& run : *state.runs) {
    if (!run.range_deletes) continue;
    for (const auto& table : *run.tables) {
      const auto ranges = table->range_tombstones();
      if (!ranges.ok()) return ranges.error();
      for (RangeTombstone& each : (*ranges)->list()) all.push_back(std::move(each));
    }
  }
  return RangeTombstones(all);
}

}  // namespace mylonite
