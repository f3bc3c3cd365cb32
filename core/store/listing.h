// What a directory holds, before anybody opens it: a store, the rest of one, or something else.
//
// Only exact names of files of ours count (core/format/file_names.h). Reads names, no file. Thread-safety: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/file_system.h>

#include "core/format/file_names.h"

namespace mylonite {

enum class DirectoryState : std::uint8_t {
  kAbsent,
  kEmpty,    // or what a creation, or a destruction near its end, left: no CURRENT, logs or tables
  kStore,    // CURRENT is there
  kDamaged,  // logs or tables without CURRENT: lost, or a destruction that did not end
  kForeign,  // names that are not ours, and no store
};

struct Listing {
  DirectoryState state = DirectoryState::kAbsent;
  std::vector<FileName> ours;
};

// kNotAStore where `directory` is a file; else the file system's own error.
Result<Listing> look(vfs::FileSystem& fs, const std::string& directory);

}  // namespace mylonite
