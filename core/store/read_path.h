// Reads over one ReadState at one stamp: a key's value, all entries in order, the range deletes in force.
//
// Pure but for the tables' I/O; what is read must be kept alive by the caller. Thread-safety: any thread.
// Complexity: get O(memtables · log n + runs), one block of a table at most, for each run whose filter lets it by.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/store/counters.h"
#include "core/store/read_state.h"

namespace mylonite {

// The table of a run whose key range holds the user key; null: none. A border that a range delete ends before does not
// hold it.
const TableReader* table_for(const TableRun& run, std::string_view user_key);
// The visible value; empty when the key is absent or hidden.
Result<std::optional<std::string>> get_at(const ReadState& state, std::string_view key, Timestamp at,
                                          Counters& counters);
// Every version of every key, newest source first among equals.
std::unique_ptr<InternalIterator> all_versions(const ReadState& state);
// The range deletes of all sources.
Result<RangeTombstones> all_range_deletes(const ReadState& state);

}  // namespace mylonite
