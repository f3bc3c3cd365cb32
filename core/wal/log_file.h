// The file of a log: appends, syncs and the end of one file.
//
// Thread-safety: one caller at a time (the leader of a commit group).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <mylonite/file_system.h>
#include <mylonite/status.h>

namespace mylonite {

class LogFile {
 public:
  virtual ~LogFile() = default;
  virtual Status append(std::string_view bytes) = 0;  // on return the bytes survive the death of the process
  virtual Status sync() = 0;                          // on return all appended bytes survive a power loss
  // Makes a new log at `path` that begins with `header`, durable with its name. This log does not change.
  virtual Result<std::unique_ptr<LogFile>> roll(const std::string& path, std::string_view header) = 0;
};

// A log in an ordinary file of `directory`. Creation order: file, header, sync, directory sync.
Result<std::unique_ptr<LogFile>> create_log_file(vfs::FileSystem& fs, const std::string& path, std::string_view header);

}  // namespace mylonite
