#include "core/vfs/util.h"

#include <span>

namespace mylonite::vfs {

Result<std::string> read_whole_file(FileSystem& fs, const std::string& path) {
  auto file = fs.open(path, OpenMode::kRead);
  if (!file.ok()) return file.error();
  auto size = (*file)->size();
  if (!size.ok()) return size.error();
  std::string bytes(*size, '\0');
  auto read = (*file)->read_at(0, std::span(bytes.data(), bytes.size()));
  if (!read.ok()) return read.error();
  bytes.resize(*read);
  return bytes;
}

Status write_new_file(FileSystem& fs, const std::string& path, std::string_view bytes) {
  auto file = fs.open(path, OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error();
  if (Status done = (*file)->append(bytes); !done.ok()) return done;
  if (Status done = (*file)->sync(SyncKind::kDataAndSize); !done.ok()) return done;
  return (*file)->close();
}

}  // namespace mylonite::vfs
