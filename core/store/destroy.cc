#include "core/store/destroy.h"

#include <memory>
#include <utility>

#include "core/store/listing.h"
#include "core/vfs/path.h"

namespace mylonite {
namespace {

Status check_something(const Listing& found, const std::string& directory) {
  if (found.state == DirectoryState::kAbsent) return Error(Code::kNotFound, "no such directory").in(directory);
  if (found.state != DirectoryState::kForeign) return {};
  return Error(Code::kNotAStore, "not empty and without CURRENT: not a store, left alone").in(directory);
}

// Of files that may go in any order once CURRENT is gone; empty: not one of them.
std::string name_of(const FileName& file) {
  switch (file.kind) {
    case FileKind::kWal: return wal_name(file.number);
    case FileKind::kTable: return table_name(file.number);
    case FileKind::kManifest: return manifest_name(file.number);
    case FileKind::kCurrentTemporary: return std::string(kCurrentTemporaryName);
    case FileKind::kCurrent:
    case FileKind::kLock: break;
  }
  return {};
}

Status remove_files(vfs::FileSystem& fs, const std::string& directory, const Listing& found) {
  const std::string prefix = directory + "/";
  if (found.state == DirectoryState::kStore) {
    if (Status gone = fs.remove(prefix + std::string(kCurrentName)); !gone.ok()) return gone;
  }
  // Also where an earlier destruction removed CURRENT: it may have ended before this call.
  if (Status durable = fs.sync_directory(directory); !durable.ok()) return durable;
  for (const FileName& file : found.ours) {
    const std::string name = name_of(file);
    if (name.empty()) continue;
    if (Status gone = fs.remove(prefix + name); !gone.ok()) return gone;
  }
  if (Status gone = fs.remove(prefix + std::string(kLockName)); !gone.ok()) return gone;
  return fs.sync_directory(directory);
}

}  // namespace

Status destroy_store(vfs::FileSystem& fs, const std::string& directory) {
  auto found = look(fs, directory);
  if (!found.ok()) return found.error();
  if (Status something = check_something(*found, directory); !something.ok()) return something;
  const auto lock = fs.lock(directory + "/" + std::string(kLockName));
  if (!lock.ok()) return lock.error();
  // Somebody else may have been at work until now. Where it was another destruction, LOCK is all that is left.
  found = look(fs, directory);
  if (!found.ok()) return found.error();
  if (Status done = remove_files(fs, directory, *found); !done.ok()) return done;
  const auto left = fs.list(directory);
  if (!left.ok()) return left.error();
  if (!left->empty()) return {};
  if (Status gone = fs.remove_directory(directory); !gone.ok()) return gone;
  return fs.sync_directory(std::string(vfs::parent_of(directory)));
}

}  // namespace mylonite
