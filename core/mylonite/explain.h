// A point read explained step by step, source by source: the result of Session::explain(). Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/timestamp.h>
#include <mylonite/tree.h>

namespace mylonite {

// One source and its outcome.
struct ReadStep {
  enum class Outcome : std::uint8_t {
    kNoTable,   // no table's key range holds the key
    kFilterNo,  // the table's filter excludes the key
    kNothing,   // neither a version nor a range delete at or below the stamp
    kValue,     // decides: a put
    kDeleted,   // decides: a delete
    kCovered,   // decides: a range delete, newer than any version here
    kExpired,   // decides: a put that has expired
  };
  struct Version {
    bool is_delete = false;
    Timestamp at;
    std::uint64_t value_bytes = 0;
  };
  std::optional<std::uint64_t> memtable;  // 0: the active one, then older ones; empty: a run
  std::optional<RunPosition> run;         // empty: a memtable, or a run that was replaced meanwhile
  std::optional<FileNumber> table;        // the table that was read
  Outcome outcome = Outcome::kNothing;
  std::optional<Version> version;         // the newest here
  std::optional<Timestamp> range_delete;  // the newest here that covers the key
};

struct GetExplanation {
  Timestamp read_at;
  std::vector<ReadStep> steps;          // newest source first; only the last may decide
  std::uint64_t sources_not_asked = 0;  // older than the one that decided
  std::optional<std::string> value;     // what a read returns; empty: the key is absent
};

}  // namespace mylonite
