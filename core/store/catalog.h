// The catalog: the current Version, the manifest that makes its changes durable, and its open tables.
//
// commit() is the only way the set of tables, the first needed log and the stamp ceiling change; an edit is in force
// only after it is durable. Also hands out file numbers. The manifest is replaced by a snapshot once it is longer than
// manifest_rotate_bytes and than twice the snapshot it began with: however many tables there are, rotations add no more
// than a byte for a byte of edits.
// Thread-safety: all methods may be called from any thread; commits are serialized. I/O happens outside the small lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/options.h>

#include "core/rt/rt.h"
#include "core/sst/table_reader.h"
#include "core/store/read_state.h"
#include "core/version/manifest.h"
#include "core/version/version.h"

namespace mylonite {

using OpenTables = std::map<FileNumber, std::shared_ptr<const TableReader>>;

Result<OpenTables> open_tables(const std::shared_ptr<TableEnvironment>& environment, const Version& version);

class Catalog {
 public:
  struct StoreDirectory {
    vfs::FileSystem& fs;
    std::string directory;
    std::shared_ptr<TableEnvironment> tables;
    std::uint64_t manifest_rotate_bytes = UINT64_MAX;
  };
  // `manifest` null: for reading only, nothing may be committed.
  Catalog(StoreDirectory home, std::unique_ptr<Manifest> manifest, Version version, OpenTables tables);

  FileNumber new_file_number();
  // Makes the edit durable, then visible. After a failed manifest write every later commit fails with
  // the same error; a new table that cannot be opened, or an edit that does not fit, changes nothing.
  Status commit(VersionEdit edit);
  // Where the manifest stands, for a new log to attest.
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
  // Tables that no version lists any more and that no reader holds (or all, whoever holds them): their files may go.
  // Each is named once.
  std::vector<FileNumber> take_unused_tables(bool all = false);
  TableEnvironment& environment() const { return *home_.tables; }

 private:
  void make_runs() REQUIRES(mutex_);
  bool manifest_is_long() const REQUIRES(commit_mutex_);
  Status commit_durably(const VersionEdit& edit, const Version& after) REQUIRES(commit_mutex_);

  const StoreDirectory home_;

  rt::Mutex commit_mutex_;  // held over a whole commit, I/O included; taken before mutex_
  std::unique_ptr<Manifest> manifest_ GUARDED_BY(commit_mutex_);
  std::optional<Error> broken_ GUARDED_BY(commit_mutex_);

  mutable rt::Mutex mutex_ ACQUIRED_AFTER(commit_mutex_);  // never held over I/O
  std::shared_ptr<const Version> version_ GUARDED_BY(mutex_);
  OpenTables tables_ GUARDED_BY(mutex_);
  std::shared_ptr<const TableRuns> runs_ GUARDED_BY(mutex_);  // of version_
  std::map<FileNumber, std::weak_ptr<const TableReader>> dropped_ GUARDED_BY(mutex_);
  FileNumber next_file_ GUARDED_BY(mutex_);
  Position position_ GUARDED_BY(mutex_);
};

}  // namespace mylonite
