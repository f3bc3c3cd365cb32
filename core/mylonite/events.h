// What the store tells whoever wants to know. Every method does nothing by default.
//
// Called from the store's own threads and from callers' threads, sometimes beside one another, and where it says that
// something ended or stopped, with the store's lock held; must be quick, and must not call the store. Nothing a listener
// does changes what the store does.
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
  bool created = false;                      // there was no store
  std::uint64_t logs = 0;                    // logs read
  std::uint64_t records = 0;                 // batches replayed
  std::uint64_t log_bytes_dropped = 0;       // a torn tail of the last log
  std::uint64_t manifest_bytes_dropped = 0;  // a torn last record of the manifest
  std::uint64_t tables_written = 0;          // what the logs held, moved into tables
  std::uint64_t files_removed = 0;           // obsolete files and left-overs
  bool clean_close = false;                  // the last log ended with the clean-close marker
  std::uint64_t duration_ns = 0;
};

struct FlushReport {
  std::uint64_t tables = 0;
  std::uint64_t entries = 0;  // of the memtable
  std::uint64_t bytes = 0;    // of the tables
};

// Writers wait, or are slowed down.
struct StallReport {
  StallCause cause = StallCause::kMemtables;
  std::string_view why;  // for people; readable during the call
};

class IngestSource;

class EventListener {
 public:
  virtual ~EventListener() = default;
  // Before the log is written, in the order of the stamps; the batch has one operation a key.
  virtual void on_stamped(Timestamp, const WriteBatch&) {}
  // Likewise, before an ingested stream is written: everything in it has this stamp.
  virtual void on_ingest_stamped(Timestamp, const IngestSource&) {}
  // What an ingest of this stamp wrote so far is taken back; the store goes on without it.
  virtual void on_ingest_given_up(Timestamp) {}
  // A group of writers was logged (and synced, if asked for) with one append.
  virtual void on_group_commit(std::size_t /*batches*/, std::uint64_t /*log_bytes*/) {}
  virtual void on_flush(const FlushReport&) {}
  // A merge or move starts. Exactly one of the next two follows; the ids are equal.
  virtual void on_compaction_begin(const JobRecord&) {}
  virtual void on_compaction(const JobRecord&) {}  // its result is in force
  // Nothing is in force of it: an error, or close() gave it up. It may be tried again, under another id. (Where the
  // manifest itself failed, the store has stopped, and the next open tells.)
  virtual void on_compaction_failed(const JobRecord&, const Error&) {}
  // No table is merged any more until the store is reopened; reads and writes go on.
  virtual void on_compaction_paused(const Error&) {}
  // Once the store is recovered, before any thread of its own runs and before open() returns.
  virtual void on_recovery(const RecoveryReport&) {}
  virtual void on_write_stall(const StallReport&) {}
  virtual void on_clock_unusable(std::uint64_t /*wall_ticks*/) {}
  virtual void on_writes_stopped(const Error&) {}
};

}  // namespace mylonite
