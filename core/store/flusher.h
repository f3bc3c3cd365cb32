// The thread that flushes. Frozen memtables become the newest runs of level 0, oldest first, without the versions that
// no read can reach. Then the thread removes the obsolete logs.
//
// The state's lock is never held during I/O. A failed flush is tried again for as long as the store is open, after
// growing pauses. From the third failure in a row on, until one succeeds, writes that need room are refused.
// Thread-safety: stated at each member.
#pragma once

#include <cstdint>

#include "core/compaction/drop_rule.h"
#include "core/memtable/memtable.h"
#include "core/rt/rt.h"
#include "core/sst/run_writer.h"
#include "core/store/engine_state.h"
#include "core/version/version.h"

namespace mylonite {

struct Flushed {
  VersionEdit edit;  // adds the tables, if there are any; raises the floor if anything was dropped
  Dropped dropped;
};

// Writes the tables of a memtable that is not empty; the caller commits the edit. Any thread.
Result<Flushed> flush_memtable(const RunTarget& target, const Memtable& memtable, const DropRule& rule,
                               std::vector<std::string> cuts = {});

class Flusher {
 public:
  explicit Flusher(EngineState& state);
  // Waits for the running flush, if any. Requires a closing gate; the logs keep what is still frozen.
  void join() { thread_.join(); }

 private:
  void run();
  void wait_for_work() REQUIRES(state_.mutex);
  void failed(const Error& why) REQUIRES(state_.mutex);  // waits for the next try
  Status flush_oldest() REQUIRES(state_.mutex);          // releases the lock during I/O, as the next two do
  // `version`: the one before.
  Result<Flushed> write_tables(const FrozenMemtable& oldest, const DropRule& rule, const Version& version)
      REQUIRES(state_.mutex);
  void remove_logs_before(FileNumber first_needed) REQUIRES(state_.mutex);

  EngineState& state_;
  std::uint64_t failures_ GUARDED_BY(state_.mutex) = 0;  // since the last success
  rt::Thread thread_;
};

}  // namespace mylonite
