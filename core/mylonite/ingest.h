// What bulk load reads: a sorted stream of new values, which becomes tables at once, past log and memtable.
//
// All of it carries one stamp and becomes visible and durable as a whole, or not at all. Older versions of the same
// keys are superseded as by puts. Writers wait until the stream has ended and what was in memory before it is in
// tables (their stamps must not get between), so a stream should be quick to read; readers go on.
// Not for deletes. Thread-safety: one thread a source.
#pragma once

#include <string_view>

namespace mylonite {

class IngestSource {
 public:
  virtual ~IngestSource() = default;
  // The next pair, readable until the next call; false at the end. Keys strictly ascend.
  virtual bool next(std::string_view& key, std::string_view& value) = 0;
};

}  // namespace mylonite
