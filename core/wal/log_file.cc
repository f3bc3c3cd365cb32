#include "core/wal/log_file.h"

#include <utility>

namespace mylonite {
namespace {

class PlainLogFile final : public LogFile {
 public:
  PlainLogFile(vfs::FileSystem& fs, std::unique_ptr<vfs::File> file) : fs_(fs), file_(std::move(file)) {}

  Status append(std::string_view bytes) override { return file_->append(bytes); }
  Status sync() override { return file_->sync(vfs::SyncKind::kDataAndSize); }
  Result<std::unique_ptr<LogFile>> roll(const std::string& path, std::string_view header) override {
    return create_log_file(fs_, path, header);
  }

 private:
  vfs::FileSystem& fs_;
  std::unique_ptr<vfs::File> file_;
};

}  // namespace

Result<std::unique_ptr<LogFile>> create_log_file(vfs::FileSystem& fs, const std::string& path,
                                                 std::string_view header) {
  auto file = fs.open(path, vfs::OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error();
  auto log = std::make_unique<PlainLogFile>(fs, std::move(*file));
  if (Status done = log->append(header); !done.ok()) return done.error();
  if (Status done = log->sync(); !done.ok()) return done.error();
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
  if (Status done = fs.sync_directory(directory); !done.ok()) return done.error();
  return log;
}

}  // namespace mylonite
