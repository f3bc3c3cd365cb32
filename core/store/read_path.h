// Reads over one ReadState at one stamp: a key's value, all entries in order, the range deletes in force.
//
// The rule of a point read: sources are read newest first. In each, the newest version of the key and the newest range
// delete over it count, both at or below the read's stamp. The first source that has either decides, since it hides
// everything in older ones. A value that has expired is none.
// Pure except for the tables' I/O; the caller keeps the state alive. Thread-safety: any thread.
// Complexity: get O(memtables · log n + runs), and at most one table block for each run whose filter passes the key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/key_bounds.h>

#include "core/format/internal_key.h"
#include "core/format/iterator.h"
#include "core/format/range_tombstones.h"
#include "core/store/counters.h"
#include "core/store/read_state.h"

namespace mylonite {

struct PointRead {
  std::string_view key;
  Timestamp at;
};

// The decision of one source about a key; all but kNothing end the read.
enum class Verdict : std::uint8_t { kNothing, kValue, kDeleted, kCovered, kExpired };

// What a point read found in one source.
struct SourceSeen {
  struct Version {
    Kind kind = Kind::kPut;
    Timestamp at;
    std::uint64_t value_bytes = 0;
  };
  const TableRun* run = nullptr;       // null: a memtable
  const TableReader* table = nullptr;  // of the run; null: none whose key range holds the key
  std::optional<Version> version{};    // the newest here
  Timestamp covered = kTimestampMin;   // the newest range delete here over the key; kTimestampMin: none
  Verdict verdict = Verdict::kNothing;
};

// A value where it lies: readable as long as this and the ReadState live.
struct FoundValue {
  std::string_view bytes;
  std::shared_ptr<const Block> block{};  // null: in a memtable
};
// The visible value; empty when the key is absent or hidden. `seen` receives what each source holds, for explanations;
// may be null.
Result<std::optional<FoundValue>> get_at(const ReadState& state, const PointRead& read, Counters& counters,
                                         std::vector<SourceSeen>* seen = nullptr);
// Bytes of table files that lie between the bounds: per table the difference of its bytes_before().
Result<std::uint64_t> bytes_between(const TableRuns& runs, const KeyBounds& bounds);
// The greatest user key that any source may hold, or where its last range delete ends; empty: there is none. Reads no
// file: O(memtables · log n + runs).
std::string last_key(const ReadState& state);
// Every version of every key, newest source first among equals.
std::unique_ptr<InternalIterator> all_versions(const ReadState& state);
// The range deletes of all sources.
Result<RangeCover> all_range_deletes(const ReadState& state);

}  // namespace mylonite
