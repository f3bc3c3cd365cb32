// The source of a bulk load: a sorted stream of new values, which becomes tables directly, without log and memtable.
//
// All of it carries one stamp and becomes visible and durable as a whole, or not at all. It supersedes older versions
// of the same keys, as puts do. Writers wait until the memtables before it are in tables and the stream has ended,
// since no other stamp may come between. So a stream should be quick to read; readers go on.
// An error of the source ends the load, and the store goes on as if it had not begun. Keys out of order, and what is
// over its limit, end it so with kInvalidArgument. An empty stream gets a stamp and changes nothing.
// Not for deletes. An exception of a source ends the process. Thread-safety: one thread a source.
#pragma once

#include <string_view>

#include <mylonite/status.h>

namespace mylonite {

class IngestSource {
 public:
  virtual ~IngestSource() = default;
  // The next pair, readable until the next call; false at the end. Keys strictly ascend. After an error or the end it
  // is not called again.
  virtual Result<bool> next(std::string_view& key, std::string_view& value) = 0;
};

}  // namespace mylonite
