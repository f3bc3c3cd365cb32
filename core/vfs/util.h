// Small compositions of file calls that several parts need. Errors are those of the calls, with the path.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <mylonite/file_system.h>

namespace mylonite::vfs {

// A shared pointer to a file system that its owner keeps alive long enough.
inline std::shared_ptr<FileSystem> borrowed(FileSystem& fs) { return {std::shared_ptr<void>(), &fs}; }

Result<std::string> read_whole_file(FileSystem& fs, const std::string& path);
// Writes a new file with exactly `bytes`, and syncs it. Its name is not durable: sync the directory.
Status write_new_file(FileSystem& fs, const std::string& path, std::string_view bytes);

}  // namespace mylonite::vfs
