#include "core/store/read_path.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/iter/merging_iterator.h"

namespace mylonite {
namespace {

// `covered`: the newest range delete of the source over the key; kTimestampMin: none.
template <class Entry>
Verdict verdict_of(const ReadState& state, const std::optional<Entry>& found, Timestamp covered) {
  if (found && found->at >= covered) {
    if (found->kind != Kind::kPut) return Verdict::kDeleted;
    return found->at > state.expired_through ? Verdict::kValue : Verdict::kExpired;
  }
  return found || covered > kTimestampMin ? Verdict::kCovered : Verdict::kNothing;
}

template <class Entry>
std::optional<SourceSeen::Version> version_of(const std::optional<Entry>& found) {
  if (!found) return std::nullopt;
  return SourceSeen::Version{.kind = found->kind, .at = found->at, .value_bytes = found->value.size()};
}

// The table of a run whose key range holds the user key; null: none. A largest key that is the exclusive end of a range
// delete is not in the range.
const TableReader* table_for(const TableRun& run, std::string_view user_key) {
  const auto found = std::ranges::partition_point(*run.tables, [&](const auto& table) {
    const std::string_view largest = table->info().largest;
    const auto order = user_key_of(largest) <=> user_key;
    return order < 0 || (order == 0 && trailer_of(largest) == kBorderTrailer);
  });
  if (found == run.tables->end() || user_key_of((*found)->info().smallest) > user_key) return nullptr;
  return found->get();
}

// Counts a point read in the tables that it looks into.
class ReadNotes {
 public:
  void looks_into(const TableReader& table) {
    if (!table.counts_reads()) return;
    table.note_read();
    if (++tables_ == 1) first_ = &table;
    if (tables_ == 2) first_->note_wasted();
  }

 private:
  const TableReader* first_ = nullptr;
  std::uint64_t tables_ = 0;
};

Result<std::uint64_t> bytes_between(const TableReader& table, const KeyBounds& bounds) {
  auto from = table.bytes_before(bounds.low);
  if (!from.ok()) return from;
  auto to = bounds.high ? table.bytes_before(*bounds.high) : table.info().file_bytes;
  if (!to.ok()) return to;
  return *to - *from;
}

}  // namespace

std::string last_key(const ReadState& state) {
  std::string last;
  for (const auto& memtable : state.memtables) {
    const auto cursor = memtable->iterator();
    cursor->seek_to_last();
    if (cursor->valid()) last = std::max<std::string>(last, std::string(user_key_of(cursor->key())));
  }
  for (const TableRun& run : *state.runs) {
    last = std::max<std::string>(last, std::string(user_key_of(run.tables->back()->info().largest)));
  }
  return last;
}

Result<std::uint64_t> bytes_between(const TableRuns& runs, const KeyBounds& bounds) {
  std::uint64_t bytes = 0;
  if (bounds.high && bounds.low >= *bounds.high) return bytes;
  for (const TableRun& run : runs) {
    const TableList& tables = *run.tables;
    const auto first = std::ranges::partition_point(
        tables, [&](const auto& table) { return user_key_of(table->info().largest) < bounds.low; });
    for (auto table = first; table != tables.end(); ++table) {
      if (bounds.high && user_key_of((*table)->info().smallest) >= *bounds.high) break;
      const auto part = bytes_between(**table, bounds);
      if (!part.ok()) return part;
      bytes += *part;
    }
  }
  return bytes;
}

Result<std::optional<FoundValue>> get_at(const ReadState& state, const PointRead& read, Counters& counters,
                                         std::vector<SourceSeen>* seen) {
  for (const auto& memtable : state.memtables) {
    const auto ranges = memtable->range_deletes();
    const auto found = memtable->get(read.key, read.at);
    const Timestamp covered = ranges == nullptr ? kTimestampMin : ranges->newest_covering(read.key, read.at);
    const Verdict verdict = verdict_of(state, found, covered);
    if (seen != nullptr) seen->push_back({.version = version_of(found), .covered = covered, .verdict = verdict});
    if (verdict == Verdict::kNothing) continue;
    counters.memtable_hits.add(1);
    if (verdict != Verdict::kValue) return std::nullopt;
    return FoundValue{.bytes = found->value};
  }
  ReadNotes notes;
  std::uint64_t probed = 0;
  const auto nothing = [&] {
    counters.tables_probed_in_vain.add(probed);
    return std::nullopt;
  };
  for (const TableRun& run : *state.runs) {
    const TableReader* table = table_for(run, read.key);
    if (table == nullptr) {
      if (seen != nullptr) seen->push_back({.run = &run});
      continue;
    }
    counters.tables_probed.add(1);
    ++probed;
    notes.looks_into(*table);
    Timestamp covered;
    if (run.range_deletes) {
      const auto ranges = table->range_tombstones();
      if (!ranges.ok()) return ranges.error();
      covered = (*ranges)->newest_covering(read.key, read.at);
    }
    auto found = table->get(read.key, read.at);
    if (!found.ok()) return found.error();
    const Verdict verdict = verdict_of(state, *found, covered);
    if (seen != nullptr) {
      seen->push_back(
          {.run = &run, .table = table, .version = version_of(*found), .covered = covered, .verdict = verdict});
    }
    if (verdict == Verdict::kNothing) continue;
    if (verdict != Verdict::kValue) return nothing();
    return FoundValue{.bytes = (*found)->value, .block = std::move((*found)->block)};
  }
  return nothing();
}

std::unique_ptr<InternalIterator> all_versions(const ReadState& state) {
  std::vector<std::unique_ptr<InternalIterator>> sources;
  for (const auto& memtable : state.memtables) sources.push_back(memtable->iterator());
  for (const TableRun& run : *state.runs) sources.push_back(std::make_unique<RunIterator>(run.tables));
  return std::make_unique<MergingIterator>(std::move(sources));
}

Result<RangeCover> all_range_deletes(const ReadState& state) {
  RangeCover all;
  for (const auto& memtable : state.memtables) {
    if (const auto ranges = memtable->range_deletes()) all.add(*ranges);
  }
  const auto of_tables = state.range_deletes.of(*state.runs);
  if (!of_tables.ok()) return of_tables.error();
  all.add(*of_tables);
  return all;
}

}  // namespace mylonite
