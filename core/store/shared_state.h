// What the parts of an open store share: one lock and what it guards.
//
// Lock order: Catalog's locks may be taken while `mutex` is held or not; `mutex` is never held over I/O
// (but for closing files that nobody reads any more).
// The leader of the commit queue alone replaces `active` and adds to `frozen`; the background thread alone takes from
// `frozen`. `closed` may be read without the lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/compaction/chooser.h"
#include "core/format/options.h"
#include "core/memtable/memtable.h"
#include "core/rt/rt.h"
#include "core/store/catalog.h"
#include "core/store/counters.h"
#include "core/store/event_listener.h"
#include "core/store/read_state.h"
#include "core/store/recovery.h"
#include "core/store/snapshots.h"
#include "core/store/stamps.h"

namespace mylonite {

struct FrozenMemtable {
  std::shared_ptr<const Memtable> memtable;
  std::uint64_t order = 0;  // 1 for the first that was ever frozen, then ascending
  FileNumber next_log;      // once this memtable is in tables, logs before it are obsolete
};

struct SharedState {
  // Takes what recovery found, but for the log writer; without one, the store is for reading only.
  SharedState(std::shared_ptr<vfs::FileSystem> file_system, const Options& given, EventListener& events,
              Recovered& recovered);

  const std::shared_ptr<vfs::FileSystem> owned_fs;  // outlives all else here
  vfs::FileSystem& fs;                              // the same
  const std::string directory;
  const Options options;
  EventListener& listener;
  const std::unique_ptr<Catalog> catalog;

  mutable Counters counters;  // unguarded: atomics
  std::atomic<bool> closed{false};
  std::atomic<bool> compaction_gives_up{false};

  mutable rt::Mutex mutex;
  std::unique_ptr<vfs::FileLock> lock_file GUARDED_BY(mutex);
  rt::CondVar work;             // for the background thread: something was frozen, closing
  rt::CondVar compaction_work;  // for the compaction threads: see ask_compaction(); closing
  rt::CondVar progress;         // for waiters: a flush was installed, writes were stopped, closing
  std::shared_ptr<const ReadState> read_state GUARDED_BY(mutex);
  std::shared_ptr<Memtable> active GUARDED_BY(mutex);
  std::deque<FrozenMemtable> frozen GUARDED_BY(mutex);  // oldest first
  std::uint64_t frozen_ever GUARDED_BY(mutex) = 0;
  std::uint64_t flushed_ever GUARDED_BY(mutex) = 0;  // memtables of order ≤ this are in tables
  std::deque<FileNumber> logs GUARDED_BY(mutex);     // on disk, oldest first; the last is being written
  StampSource stamps GUARDED_BY(mutex);
  Timestamp visible GUARDED_BY(mutex);  // reads see stamps up to here
  Snapshots snapshots GUARDED_BY(mutex);
  std::optional<Error> stopped GUARDED_BY(mutex);  // why no write is accepted any more
  bool closing GUARDED_BY(mutex) = false;
  std::uint64_t callers GUARDED_BY(mutex) = 0;  // in writes, syncs and flushes; close() waits for them

  std::uint64_t compaction_asks GUARDED_BY(mutex) = 0;
  std::function<Pressure()> ask_pressure GUARDED_BY(mutex);  // of the merges there are to do; empty: nobody merges
  Pressure pressure GUARDED_BY(mutex);                       // as of the last change of the tree

  // The tree, the floor or what merges is not as it was: a policy may choose otherwise.
  void ask_compaction() REQUIRES(mutex) {
    ++compaction_asks;
    compaction_work.notify_one();
  }
  void publish() REQUIRES(mutex);               // makes a new ReadState of the members, and looks at the pressure
  void stop(const Error& why) REQUIRES(mutex);  // the first reason stays
  // Raises the floor as far as it may go now, and returns it: versions superseded at or below it may be dropped from
  // here on. The edit that drops them carries it to the manifest.
  Timestamp drop_floor() REQUIRES(mutex);
  Timestamp possible_floor() const REQUIRES(mutex);  // how far drop_floor() would raise it
  Timestamp tombstones_until() const;                // tombstones at or below it have outlived their retention
  // Removes the files of tables that nobody needs any more. Lets go of the lock meanwhile.
  void remove_unused_tables(bool all = false) REQUIRES(mutex);
};

// Counts a caller in while it lives. Destroyed with the mutex held, too.
class Caller {
 public:
  explicit Caller(SharedState& state) REQUIRES(state.mutex) : state_(state) { ++state_.callers; }
  ~Caller() {
    if (--state_.callers == 0 && state_.closing) state_.progress.notify_all();
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

 private:
  SharedState& state_;
};

}  // namespace mylonite
