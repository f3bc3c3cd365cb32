// The catalog: the current Version, the manifest that makes its changes durable, and its open tables.
//
// Only commit() changes the set of tables, the first needed log and the stamp ceiling. An edit is in force only after
// it is durable. The catalog also issues file numbers. A snapshot replaces the manifest once it is longer than
// manifest_rotate_bytes and than twice the snapshot that it began with. So rotations write at most one byte for each
// byte of edits, whatever the number of tables. One more comes where the manifest's format cannot hold an edit.
// Thread-safety: any thread for all methods; commits are serialized. I/O happens outside `mutex_`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/options.h>

#include "core/rt/rt.h"
#include "core/sst/table_reader.h"
#include "core/store/read_state.h"
#include "core/version/manifest.h"
#include "core/version/version.h"

namespace mylonite {

using OpenTables = std::map<FileNumber, std::shared_ptr<const TableReader>>;

// A damaged table is opened, too: reads that need it fail.
Result<OpenTables> open_tables(const std::shared_ptr<TableEnvironment>& environment, const Version& version);

class Catalog {
 public:
  struct StoreDirectory {
    vfs::FileSystem& fs;
    std::string directory;
    std::shared_ptr<TableEnvironment> tables;
    std::uint64_t manifest_rotate_bytes = UINT64_MAX;
  };
  // `manifest` null: for reading only; then commit() must not be called.
  Catalog(StoreDirectory home, std::unique_ptr<Manifest> manifest, Version version, OpenTables tables);

  FileNumber new_file_number();
  // Makes the edit durable, then visible. After a failure nothing has changed, and the new tables are unused. If it was
  // the manifest that failed, the edit may be found by the next open, unless a later commit succeeds: that one writes a
  // new manifest. Until then the new tables' files stay.
  Status commit(VersionEdit edit);
  // Makes it durable that logs are durable up to there. Costs one record of the manifest, or nothing if it says so.
  Status attest(const LogLength& durable);
  // The manifest's current record, for a new log to attest.
  struct Position {
    FileNumber manifest;
    std::uint64_t last_record = 0;
  };
  Position position() const;
  std::shared_ptr<const Version> version() const;
  struct View {
    std::shared_ptr<const Version> version;
    std::shared_ptr<const TableRuns> runs;
  };
  View view() const;
  // Open tables of one run of the current version, in key order.
  std::vector<std::shared_ptr<const TableReader>> tables_of(std::uint32_t level, RunId run) const;
  // Tables that no version lists and no reader holds: their files may be removed. `all`: also those that readers hold.
  // Each is returned once.
  std::vector<FileNumber> take_unused_tables(bool all = false);
  // Reads that the tables counted, by number. halve_reads: what is long ago counts less.
  std::vector<TableReads> reads() const;
  void halve_reads();
  TableEnvironment& environment() const { return *home_.tables; }

 private:
  void make_runs() REQUIRES(mutex_);
  void hand_on_reads(const VersionEdit& edit, const OpenTables& opened) const REQUIRES(mutex_);
  bool manifest_is_long() const REQUIRES(commit_mutex_);
  Result<OpenTables> open_added(const VersionEdit& edit) const;
  Status commit_durably(const VersionEdit& edit, const Version& after) REQUIRES(commit_mutex_);
  Status replace_manifest(const Version& after) REQUIRES(commit_mutex_);
  void note_position() REQUIRES(commit_mutex_, mutex_);
  void drop_tables_of(const VersionEdit& edit) REQUIRES(commit_mutex_);  // of one that failed

  const StoreDirectory home_;

  rt::Mutex commit_mutex_;  // held during a whole commit, with its I/O; taken before mutex_
  std::unique_ptr<Manifest> manifest_ GUARDED_BY(commit_mutex_);
  bool in_doubt_ GUARDED_BY(commit_mutex_) = false;  // the manifest's end is unknown, or which one CURRENT names
  std::optional<LogLength> durable_log_ GUARDED_BY(commit_mutex_);     // what the manifest says
  std::vector<FileNumber> old_manifests_ GUARDED_BY(commit_mutex_);    // to remove once it is known
  std::vector<FileNumber> doubtful_tables_ GUARDED_BY(commit_mutex_);  // likewise

  mutable rt::Mutex mutex_ ACQUIRED_AFTER(commit_mutex_);  // never held during I/O
  std::shared_ptr<const Version> version_ GUARDED_BY(mutex_);
  OpenTables tables_ GUARDED_BY(mutex_);
  std::shared_ptr<const TableRuns> runs_ GUARDED_BY(mutex_);  // of version_
  std::map<FileNumber, std::weak_ptr<const TableReader>> dropped_ GUARDED_BY(mutex_);
  FileNumber next_file_ GUARDED_BY(mutex_);
  Position position_ GUARDED_BY(mutex_);
};

}  // namespace mylonite
