// A store's directory as a list of files, for commands that read them without opening the store. So they work on a
// damaged store, too. Nothing is written, created or locked.
//
// Errors of locate(): kNotAStore if there is no directory, or it holds no file of a store.
// Thread-safety: a value; its functions may run in any threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mylonite/file_system.h>
#include <mylonite/status.h>

#include "core/format/file_names.h"

namespace mylonite::tool {

struct StoreDirectory {
  std::unique_ptr<vfs::FileSystem> fs;
  std::string directory;             // a path in `fs`
  std::vector<FileName> ours{};      // files by kind, then number
  std::vector<std::string> foreign;  // other names, sorted
  std::string whole{};               // the directory's path on this machine

  std::string path(std::string_view name) const { return directory + "/" + std::string(name); }
  std::vector<FileNumber> numbers(FileKind kind) const;  // ascending
  Result<std::vector<FileName>> ours_now() const;        // listed again
};

Result<StoreDirectory> locate(const std::string& data_dir);

}  // namespace mylonite::tool
