// The source of a bulk load: a sorted stream of new values, which becomes tables directly, without log and memtable.
//
// All of it carries one stamp and becomes visible and durable as a whole, or not at all. It supersedes older versions
// of the same keys, as puts do. Writers wait until the memtables before it are in tables and the stream has ended,
// since no other stamp may come between. So a stream should be quick to read; readers go on.
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
