// The contract of every cursor over internal entries (memtable, block, table, merge).
//
// A new cursor is not valid. After a seek it is valid or at the end. key() and value() may be called while valid and
// stay readable until the cursor moves. next() at the last entry and prev() at the first make it not valid; moving a
// cursor that is not valid is the caller's mistake. A damaged source makes the cursor not valid and status() an error,
// until the next seek. So a caller whose cursor is not valid must look at status() before it concludes "the end".
// Thread-safety: one thread an object; distinct cursors over one source may run in distinct threads.
#pragma once

#include <string_view>

#include <mylonite/status.h>

namespace mylonite {

class InternalIterator {
 public:
  virtual ~InternalIterator() = default;

  virtual bool valid() const = 0;
  virtual void seek_to_first() = 0;
  virtual void seek_to_last() = 0;
  // To the first entry ≥ internal_key, which must not be a view of this cursor's own key().
  virtual void seek(std::string_view internal_key) = 0;
  virtual void next() = 0;
  virtual void prev() = 0;
  virtual std::string_view key() const = 0;  // an internal key
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

}  // namespace mylonite
