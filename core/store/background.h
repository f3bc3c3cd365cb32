// The store's background thread: flushes frozen memtables, oldest first, and removes the logs they make obsolete.
//
// Never holds the state's lock over I/O. A failed flush stops all writes (reads go on).
#pragma once

#include "core/rt/rt.h"
#include "core/store/flush.h"
#include "core/store/shared_state.h"

namespace mylonite {

class Background {
 public:
  explicit Background(SharedState& state);
  // Ends after the flush that is running, if any. Requires state.closing; what is still frozen stays in the logs.
  void join() { thread_.join(); }

 private:
  void run();
  Status flush_oldest() REQUIRES(state_.mutex);  // releases the lock over I/O, as the next does
  Result<Flushed> write_tables(const FrozenMemtable& oldest, const DropRule& rule) REQUIRES(state_.mutex);
  void remove_logs_before(FileNumber first_needed) REQUIRES(state_.mutex);

  SharedState& state_;
  rt::Thread thread_;
};

}  // namespace mylonite
