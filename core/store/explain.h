// The way of a point read through its sources, told step by step: for people and tests, never used by a read.
//
// Follows the rules of core/store/read_path.h: sources newest first; in each, the newest version of the key and the
// newest range delete over it, both not above the read's stamp; the first source that has either decides.
// Pure but for the tables' I/O. Thread-safety: any thread. Complexity: that of the read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/format/internal_key.h"
#include "core/store/read_state.h"
#include "core/version/version.h"

namespace mylonite {

// Where a run stood in the version that the caller named it by; a merge may have replaced it since.
struct RunPlace {
  std::uint32_t level = 0;
  RunId run;
};

// One source and what it said.
struct ReadStep {
  enum class Said : std::uint8_t {
    kNoTable,   // no table's key range holds the key
    kFilterNo,  // the table's filter: the key is surely absent
    kNothing,   // neither a version nor a range delete at or below the stamp
    kValue,     // decides: a put
    kDeleted,   // decides: a delete
    kCovered,   // decides: a range delete, newer than any version here
  };
  struct Found {
    Kind kind = Kind::kPut;
    Timestamp at;
    std::uint64_t value_bytes = 0;
  };
  std::optional<std::uint64_t> memtable;  // 0: the one being written to, then older ones; empty: a run
  std::optional<RunPlace> run;            // empty: a memtable, or a run that was replaced meanwhile
  std::optional<FileNumber> table;        // that was asked
  Said said = Said::kNothing;
  std::optional<Found> version;           // the newest here
  std::optional<Timestamp> range_delete;  // the newest here that covers the key
};

struct GetExplanation {
  Timestamp read_at;
  std::vector<ReadStep> steps;          // newest source first; only the last may decide
  std::uint64_t sources_not_asked = 0;  // older than the one that decided
  std::optional<std::string> value;     // what a read returns; empty: the key is absent
};

struct PointRead {
  std::string_view key;
  Timestamp at;
};
// `names` tells where runs stand; it should be the version that `state` was made from.
Result<GetExplanation> explain_get(const ReadState& state, const Version& names, const PointRead& read);

}  // namespace mylonite
