// The state that the parts of an open store share with one another and with readers: one lock, and the owners of what
// it guards. Sessions, iterators and snapshots keep it alive, and with it all that they use.
//
// Lock order: the catalog's locks may be taken while `mutex` is held or not; `mutex` is never held during I/O, except
// the close of files without readers.
// Thread-safety: by the annotations.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mylonite/events.h>
#include <mylonite/file_system.h>
#include <mylonite/options.h>

#include "core/compaction/drop_rule.h"
#include "core/rt/rt.h"
#include "core/store/catalog.h"
#include "core/store/counters.h"
#include "core/store/history.h"
#include "core/store/live_logs.h"
#include "core/store/log_attestation.h"
#include "core/store/read_views.h"
#include "core/store/write_gate.h"

namespace mylonite {

struct Recovered;
struct StoreStats;

struct EngineState {
  // Takes all of `recovered` except the log writer; without one, the store is for reading only.
  EngineState(std::shared_ptr<vfs::FileSystem> file_system, const Options& given, EventListener& events,
              Recovered& recovered);

  const std::shared_ptr<vfs::FileSystem> owned_fs;  // outlives all other members
  vfs::FileSystem& fs;                              // the same
  const std::string directory;
  const Options options;
  EventListener& listener;  // not called after the store's destruction
  const std::unique_ptr<Catalog> catalog;

  // Whether this process was forked from the one that opened the store. Then threads and locks are that one's, and
  // nothing of the store may be used, ended or destroyed.
  bool inherited() const { return rt::forks() != forks_; }
  Status usable() const;  // kClosed if it is inherited

  mutable Counters counters;                 // unguarded: atomics
  std::atomic<bool> closed{false};           // reads are refused from here on
  std::atomic<bool> gives_up_tables{false};  // the store closes: writers of tables end early

  mutable rt::Mutex mutex;
  ReadViews views GUARDED_BY(mutex);
  History history GUARDED_BY(mutex);
  WriteGate gate GUARDED_BY(mutex);
  LiveLogs logs GUARDED_BY(mutex);
  LogAttestation attestation GUARDED_BY(mutex);
  std::vector<std::string> flush_cuts GUARDED_BY(mutex);  // of the policy in force: where tables of a flush end
  std::unique_ptr<vfs::FileLock> lock_file GUARDED_BY(mutex);
  rt::CondVar flush_work;  // for the flusher: a memtable was frozen, a log is to be attested, the gate shuts
  rt::CondVar merge_work;  // for the compactor: see note_change(); the gate shuts
  rt::CondVar progress;    // for waiters: a flush or merge ended, the gate changed
  std::uint64_t changes GUARDED_BY(mutex) = 0;  // the number of changes so far

  // The tree, the floor or the running merges changed: a policy may choose differently.
  void note_change() REQUIRES(mutex) {
    ++changes;
    merge_work.notify_one();
  }
  void ask_policy() EXCLUDES(mutex);                     // after reads that set ReadCounting::ask_policy
  void publish() REQUIRES(mutex);                        // after a change of memtables or tables
  void refuse_writes(const Error& why) REQUIRES(mutex);  // WriteGate::refuse; wakes who waits for room
  void resume_writes() REQUIRES(mutex);
  Status attest_log() REQUIRES(mutex);  // releases the lock meanwhile
  // Removes the files of unused tables (Catalog::take_unused_tables). Releases the lock meanwhile.
  void remove_unused_tables(bool all = false) REQUIRES(mutex);
  void count_dropped(const Dropped& dropped);  // by a flush or a merge; in stats.cc
  StoreStats stats() const EXCLUDES(mutex);    // without the compactor's part; in stats.cc

 private:
  const std::uint64_t forks_ = rt::forks();
};

// Counts a caller during its lifetime, so that close() waits for it. Requires the mutex also at destruction.
class Caller {
 public:
  explicit Caller(EngineState& state) REQUIRES(state.mutex) : state_(state) { state_.gate.enter(); }
  ~Caller() {
    if (state_.gate.leave()) state_.progress.notify_all();
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

 private:
  EngineState& state_;
};

}  // namespace mylonite
