// Opens a directory as a store: looks at it, reads manifest and logs, and leaves a state with nothing to recover.
//
//   look      with CURRENT it is a store; absent or empty (or an unfinished creation) it is created; else refused
//   lock      one opener, then look again
//   read      manifest; the tables it lists; the chain of logs from the first needed one; so far nothing is written
//   replay    log records → memtables → tables of new runs
//   commit    a new manifest with everything above; CURRENT switches to it; this rename is the only commit
//   clean up  a new log is created; every file of the store that the new manifest does not need is removed
// A crash leaves either the old or the new CURRENT, and left-overs that the next open removes. So recovery is
// idempotent and does not grow the directory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mylonite/events.h>
#include <mylonite/file_system.h>
#include <mylonite/options.h>

#include "core/memtable/memtable.h"
#include "core/store/catalog.h"
#include "core/store/stamps.h"
#include "core/wal/writer.h"

namespace mylonite {

struct Recovered {
  std::unique_ptr<vfs::FileLock> lock;
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<WalWriter> wal;
  StampSource stamps;
  std::vector<std::shared_ptr<const Memtable>> memtables{};  // oldest first; read-only: what the logs hold
  RecoveryReport report;
};

// `directory` is a path in `fs`, which the recovered objects share. Errors: kNotAStore, kLocked, kCorruption,
// kUnsupported, kNoSpace, kIo. Unless a write failed (the last two), the directory is unchanged.
Result<Recovered> recover(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory, const Options& options);

// The same state without writing, creating or locking: no lock, no log, and the logs' content in memory. Requires that
// no writer is active meanwhile; otherwise files may vanish, and the reads that need them fail.
// kNotAStore: no store is there.
Result<Recovered> recover_read_only(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory,
                                    const Options& options);

}  // namespace mylonite
