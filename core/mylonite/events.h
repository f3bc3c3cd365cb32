// The listener for events of a store. Every method does nothing by default.
//
// Thread-safety: the store's own threads and callers' threads call it, sometimes at the same time. Events of an end, a
// failure, a stop or a resumption come with the store's lock held. A method must be quick, must not call the store, and
// must not throw. A listener never changes what the store does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mylonite/job_record.h>
#include <mylonite/stats.h>
#include <mylonite/status.h>
#include <mylonite/write_batch.h>

namespace mylonite {

struct RecoveryReport {
  bool created = false;                      // there was no store before
  std::uint64_t logs = 0;                    // logs read
  std::uint64_t records = 0;                 // batches replayed
  std::uint64_t log_bytes_dropped = 0;       // a torn tail of the last log
  std::uint64_t manifest_bytes_dropped = 0;  // a torn last record of the manifest
  std::uint64_t tables_damaged = 0;          // found so at the open: reads that need them fail
  std::uint64_t tables_written = 0;          // from the content of the logs
  std::uint64_t files_removed = 0;           // obsolete files and left-overs
  bool clean_close = false;                  // the last log ended with the clean-close marker
  std::uint64_t duration_ns = 0;
};

struct FlushReport {
  std::uint64_t tables = 0;
  std::uint64_t entries = 0;  // of the memtable, without range deletes
  std::uint64_t bytes = 0;    // of the tables
};

// The report of writers that wait, or are slowed down.
struct StallReport {
  StallCause cause = StallCause::kMemtables;
  std::string_view why;         // for people; readable during the call
  std::uint64_t waited_ns = 0;  // at the end
};

class IngestSource;

class EventListener {
 public:
  virtual ~EventListener() = default;
  // Before the log is written, in the order of the stamps; the batch has one operation a key.
  virtual void on_stamped(Timestamp, const WriteBatch&) {}
  // Likewise, before an ingested stream is written: everything in it has this stamp.
  virtual void on_ingest_stamped(Timestamp, const IngestSource&) {}
  // The write or ingest of this stamp failed. No read of this store shows it, but the next open may find it, whole.
  virtual void on_write_failed(Timestamp) {}
  // An ingest of this stamp failed, and all that it wrote is removed; the store goes on without it.
  virtual void on_ingest_given_up(Timestamp) {}
  // One append logged a group of writers, and one sync followed where required.
  virtual void on_group_commit(std::size_t /*batches*/, std::uint64_t /*log_bytes*/) {}
  virtual void on_flush(const FlushReport&) {}
  // A merge or move starts. Exactly one of the next two follows; the ids are equal.
  virtual void on_compaction_begin(const JobRecord&) {}
  virtual void on_compaction(const JobRecord&) {}  // its result is committed
  // It had no effect: an error, or close() gave it up. It may be retried under another id. (If the manifest itself
  // failed, an open before the next commit would show whether it took effect.)
  virtual void on_compaction_failed(const JobRecord&, const Error&) {}
  // Merges fail; reads and writes go on. If the error is the disk's (kIo, kNoSpace), merging is tried again by itself,
  // until on_compaction_resumed. Else no merge runs until the store is reopened.
  virtual void on_compaction_paused(const Error&) {}
  virtual void on_compaction_resumed() {}
  // Merges are chosen by another policy from here on; both are texts with all parameters. Jobs that run go on. With the
  // store's lock held.
  virtual void on_policy_changed(std::string_view /*from*/, std::string_view /*to*/) {}
  // Once the store is recovered, before any thread of its own runs and before open() returns.
  virtual void on_recovery(const RecoveryReport&) {}
  virtual void on_write_stall(const StallReport&) {}
  virtual void on_write_stall_end(const StallReport&) {}  // with the store's lock held
  virtual void on_clock_unusable(std::uint64_t /*wall_ticks*/) {}
  // A flush failed, and will be tried again.
  virtual void on_flush_failed(const Error&) {}
  // A call on the log failed, and so did the writes that needed it. What the log held before goes to tables; then
  // writes go on in another log.
  virtual void on_log_given_up(const Error&) {}
  // Flushes fail for some time: writes that need room in memory, or another log, are refused until a flush succeeds.
  virtual void on_writes_stopped(const Error&) {}
  virtual void on_writes_resumed() {}
};

}  // namespace mylonite
