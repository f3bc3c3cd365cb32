// The cache of open table files: a bounded number of descriptors for any number of tables.
//
// open() returns a file that is open already, or opens it by its name. Above `files_max` files it drops one that was
// not used lately, by a clock over file numbers: each use sets a bit, the hand clears it, and drops a file without it.
// A holder keeps its file usable after the drop, so for a moment there may be more than `files_max`. A dropped file is
// opened again by name, so the name must stay on the disk as long as a reader may need it.
// Thread-safety: any thread. No file call happens under the lock: two threads that miss at once both open the file, and
// one of the two is closed again. Complexity: O(log files).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <mylonite/file_system.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>

#include "core/rt/rt.h"

namespace mylonite {

class FileCache {
 public:
  FileCache(vfs::FileSystem& fs, std::string directory, std::uint64_t files_max)
      : fs_(fs), directory_(std::move(directory)), files_max_(files_max) {}

  Result<std::shared_ptr<vfs::File>> open(FileNumber table);
  void forget(FileNumber table);  // closes it after its last use
  std::uint64_t files() const;

 private:
  struct Held {
    std::shared_ptr<vfs::File> file;
    bool used = false;  // since the hand last passed
  };
  std::shared_ptr<vfs::File> evict_one(FileNumber except) REQUIRES(mutex_);

  vfs::FileSystem& fs_;
  const std::string directory_;
  const std::uint64_t files_max_;  // ≥ 1

  mutable rt::Mutex mutex_;
  std::map<FileNumber, Held> held_ GUARDED_BY(mutex_);
  FileNumber hand_
      GUARDED_BY(mutex_);  // the next file that the clock looks at is the first behind this one, around the end
};

}  // namespace mylonite
