// The real disk: FileSystem over POSIX calls, and the only caller of the operating system's files.
//
// All calls use descriptors relative to the root's (openat). EINTR is retried, short writes are continued. sync is
// fdatasync for both kinds: on Linux it also makes a changed length durable. Directories are fsynced.
// The lock is flock(2) on a descriptor of its own, so a second opener in the same process is refused too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <mylonite/file_system.h>

namespace mylonite::vfs {

// The root must exist and be a directory: otherwise kNotFound or kInvalidArgument. It creates nothing.
Result<std::unique_ptr<FileSystem>> open_posix(const std::string& root);

// The directory of a path, or the current one; files in it are named by the path's last part (name_of in path.h).
Result<std::unique_ptr<FileSystem>> open_directory_of(const std::string& path);
// Whole; errors name the path. kInvalidArgument: no file stands there, but a directory, a pipe or a device, which might
// never end.
Result<std::string> read_posix_file(const std::string& path);

// The path of what symbolic links lead to; the same path where there is nothing.
std::string without_links(const std::string& path);

// The same text for every path of a place, whether a file stands there or not.
std::string place_of(const std::string& path);

// kInvalidArgument where a new file would take the place of something else than a file: a directory, a device, a pipe.
Status check_place_of_file(const std::string& path);

// How many files this process may hold open for a cache, by its limit (`ulimit -n`); at least 1. A quarter of the
// limit, and 32 at least, is left for all others.
std::uint64_t cached_files_max();

// Opens, for each closed standard stream, a file that fails on every use. Otherwise the first file that the program
// opens would take the stream's number, and receive the output.
void occupy_closed_streams();

}  // namespace mylonite::vfs
