// Opens a directory as a store: tells what it is, reads manifest and logs, and leaves a state with nothing to recover.
//
//   look      CURRENT there: a store. Absent or empty (or a creation that never finished): create. Else: refuse.
//   lock      one opener, then look again.
//   read      manifest; tables it lists; the chain of logs from the first needed one. Nothing is written so far.
//   replay    log records → memtables → tables of new runs.
//   commit    a new manifest with everything above; CURRENT switches to it. This rename is the only commit.
//   clean up  a new log is created; every file of ours that the new manifest does not need is removed.
// A crash anywhere leaves either the old or the new CURRENT, and left-overs that the next open removes: recovery is
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

// `directory` is a path in `fs`, which whatever is recovered shares. Errors: kNotAStore, kLocked, kCorruption, kUnsupported, kNoSpace, kIo; unless the
// error is of writing (the last two), the directory is as it was.
Result<Recovered> recover(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory, const Options& options);

// The same state without writing, creating or locking anything: no lock, no log, and what the logs hold in memory. For
// a store that nobody writes to meanwhile; if somebody does, files may vanish under the reader, which is loud.
// kNotAStore where there is none.
Result<Recovered> recover_read_only(std::shared_ptr<vfs::FileSystem> fs, const std::string& directory,
                                    const Options& options);

}  // namespace mylonite
