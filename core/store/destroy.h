// Removes a store from its directory.
//
//   lock     one at a time, and nobody who has the store open
//   CURRENT  goes first, and durably: from here on this is no store any more
//   files    logs, tables, manifests, and what a creation left; only exact names of ours
//   LOCK     last, while it is still held
//   the directory, where nothing is left in it, and that durably
// A crash on the way leaves one of three. The store, where CURRENT came back. Logs and tables without CURRENT, which an
// open refuses with kCorruption. Or a directory that counts as empty. destroy_store() again ends each.
#pragma once

#include <string>

#include <mylonite/file_system.h>

namespace mylonite {

// Errors: Store::destroy(). Thread-safety: any thread.
Status destroy_store(vfs::FileSystem& fs, const std::string& directory);

}  // namespace mylonite
