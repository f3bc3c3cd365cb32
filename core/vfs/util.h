// Small compositions of file calls that several parts need. Errors are those of the calls, naming the path.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <mylonite/file_system.h>

namespace mylonite::vfs {

// A file system that its owner keeps alive for long enough, for those who share theirs.
inline std::shared_ptr<FileSystem> borrowed(FileSystem& fs) { return {std::shared_ptr<void>(), &fs}; }

Result<std::string> read_whole_file(FileSystem& fs, const std::string& path);
// A new file holding exactly `bytes`, synced (its name is not: sync the directory).
Status write_new_file(FileSystem& fs, const std::string& path, std::string_view bytes);

}  // namespace mylonite::vfs
