// THE SEAM of storage: the engine's only access to disks.
//
// Paths are relative to a root directory that the file system owns; "" is the root itself; '/' separates parts.
// "..", ".", empty parts and absolute paths are refused (kInvalidArgument; rules in path.h).
//
// What survives a power loss (the contract that faultfs implements at its worst and posix at its best):
//   bytes    A byte appended is durable only once sync() on a handle of that file, called after it was appended,
//            returned success. Before that each 512-byte sector may hold old, new, partial or foreign bytes.
//   length   sync(kDataAndSize) makes the length durable too; sync(kData) need not: bytes beyond the durable length
//            can be lost. truncate() is durable after sync(kDataAndSize).
//   names    create, rename, link, remove, make_directory and remove_directory are durable once sync_directory() on
//            the directory that holds the name returned success. A rename's target never vanishes: after a crash it
//            is the old file or the new one. A file's sync does not make its name durable. The content of a directory
//            can be reached only if the directory itself is durable.
//   failure  After a failed sync the state of the bytes it covered is unknown, also after a later success.
// What survives a kill of the process: everything that returned success.
//
// Thread-safety: a FileSystem may be used from any thread. read_at of a File may run in any thread beside any call. The
// caller serializes append, truncate, sync and close, but sync may run beside append; it does not cover bytes appended
// meanwhile.
// Errors: kNotFound (also for a file in place of a directory), kAlreadyExists, kNoSpace, kLocked, kInvalidArgument
// (also for a directory in place of a file), otherwise kIo. Each names the path.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

namespace mylonite::vfs {

enum class OpenMode : std::uint8_t {
  kRead,             // must exist; append and truncate are kInvalidArgument
  kReadWrite,        // must exist
  kCreateExclusive,  // must not exist; the handle reads and writes
};

enum class SyncKind : std::uint8_t { kData, kDataAndSize };

struct FileInfo {
  std::uint64_t size = 0;  // bytes; 0 for a directory
  bool is_directory = false;
};

struct SpaceInfo {
  std::uint64_t total = 0;      // bytes
  std::uint64_t available = 0;  // bytes
};

class File {
 public:
  virtual ~File() = default;  // closes, and ignores errors: call close() if they matter

  // Adds bytes at the end. On return they are in the kernel: there is no buffer of the process below this interface.
  // On an error any prefix of the bytes may have been added.
  virtual Status append(std::string_view bytes) = 0;
  // Reads up to out.size() bytes from `offset`; fewer, down to 0, only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
  virtual Status sync(SyncKind kind) = 0;
  virtual Status truncate(std::uint64_t size) = 0;  // shrinks, or grows with zeros
  virtual Result<std::uint64_t> size() = 0;
  virtual Status close() = 0;  // every later call is kClosed, also a second close; a failed close closes too
};

// Held while the object lives.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Files only, within one directory (else kInvalidArgument): one name operation, so one directory sync covers it.
  // Replaces `to` atomically. Two names of the same file stay as they are (POSIX).
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status link(const std::string& from, const std::string& to) = 0;  // a second name; `to` must not exist
  virtual Status remove(const std::string& path) = 0;                       // a file's name; open handles stay usable

  virtual Status make_directory(const std::string& path) = 0;                  // its parent must exist
  virtual Status remove_directory(const std::string& path) = 0;                // must be empty (else kIo)
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;  // names, sorted as bytes
  virtual Status sync_directory(const std::string& path) = 0;

  // Creates the file if absent. kLocked when any process, also this one, holds the lock.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
  virtual Result<std::optional<FileInfo>> stat(const std::string& path) = 0;  // empty: no such name
  virtual Result<SpaceInfo> space() = 0;
};

}  // namespace mylonite::vfs
