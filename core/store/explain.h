// The way of a point read through its sources, step by step: for people and tests.
//
// It is the read itself (get_at in core/store/read_path.h), with notes taken of each source.
// Pure but for the tables' I/O. Thread-safety: any thread. Complexity: that of the read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/read_path.h"
#include "core/version/version.h"

namespace mylonite {

// Where a run stood in the version that the caller named it by; a merge may have replaced it since.
struct RunPosition {
  std::uint32_t level = 0;
  RunId run;
};

// One source and what came of it.
struct ReadStep {
  enum class Outcome : std::uint8_t {
    kNoTable,   // no table's key range holds the key
    kFilterNo,  // the table's filter: the key is surely absent
    kNothing,   // neither a version nor a range delete at or below the stamp
    kValue,     // decides: a put
    kDeleted,   // decides: a delete
    kCovered,   // decides: a range delete, newer than any version here
  };
  std::optional<std::uint64_t> memtable;  // 0: the one being written to, then older ones; empty: a run
  std::optional<RunPosition> run;         // empty: a memtable, or a run that was replaced meanwhile
  std::optional<FileNumber> table;        // that was asked
  Outcome outcome = Outcome::kNothing;
  std::optional<SourceSeen::Version> version;  // the newest here
  std::optional<Timestamp> range_delete;       // the newest here that covers the key
};

struct GetExplanation {
  Timestamp read_at;
  std::vector<ReadStep> steps;          // newest source first; only the last may decide
  std::uint64_t sources_not_asked = 0;  // older than the one that decided
  std::optional<std::string> value;     // what a read returns; empty: the key is absent
};

// `names` says where runs stand; it should be the version that `state` was made from.
Result<GetExplanation> explain_get(const ReadState& state, const Version& names, const PointRead& read);

}  // namespace mylonite
