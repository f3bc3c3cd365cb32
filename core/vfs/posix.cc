#include "core/vfs/posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "core/vfs/path.h"
#include "core/vfs/util.h"

namespace mylonite::vfs {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;
constexpr std::uint64_t kOffsetMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

Code code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Code::kNotFound;  // ENOTDIR: no directory of that name exists
    case EEXIST: return Code::kAlreadyExists;
    case ENOSPC:
    case EDQUOT: return Code::kNoSpace;
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG: return Code::kInvalidArgument;
    case EWOULDBLOCK: return Code::kLocked;
    default: return Code::kIo;
  }
}

// A message from errno; called before anything else can change it.
Error failed(const char* call, const std::string& path) {
  const int error = errno;
  const std::string why =
      error == EWOULDBLOCK ? "another opener holds the lock" : std::system_category().message(error);
  const Error result = Error(code_of(error), fmt::format("{}: {}", call, why)).in(path);
  const bool passes = error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE || error == EWOULDBLOCK;
  return passes ? result.retryable() : result;
}

Error wrong_kind(const std::string& path, const char* what) {
  return Error(Code::kInvalidArgument, fmt::format("this call is for files: the path names {}", what)).in(path);
}

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  bool good() const { return number_ >= 0; }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path, OpenMode mode)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), writable_(mode != OpenMode::kRead) {}

  Status append(std::string_view bytes) override {
    if (Status usable = writable("append"); !usable.ok()) return usable;
    while (!bytes.empty()) {
      const ssize_t written = retried([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
      if (written < 0) return failed("write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (!descriptor_.good()) return closed();
    std::size_t done = 0;
    while (done < out.size()) {
      const std::uint64_t from = offset + done;
      if (from > kOffsetMax || from < offset)
        return Error(Code::kInvalidArgument, "offset too large").in(path_, offset);
      const ssize_t got = retried([&] {
        return ::pread(descriptor_.number(), out.data() + done, out.size() - done, static_cast<off_t>(from));
      });
      if (got < 0) return failed("read", path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Status sync(SyncKind) override {
    if (!descriptor_.good()) return closed();
    if (retried([&] { return ::fdatasync(descriptor_.number()); }) < 0) return failed("sync", path_);
    return {};
  }

  Status truncate(std::uint64_t size) override {
    if (Status usable = writable("truncate"); !usable.ok()) return usable;
    if (size > kOffsetMax) return Error(Code::kInvalidArgument, "size too large").in(path_, size);
    if (retried([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(size)); }) < 0) {
      return failed("truncate", path_);
    }
    return {};
  }

  Result<std::uint64_t> size() override {
    if (!descriptor_.good()) return closed();
    struct ::stat info;
    if (::fstat(descriptor_.number(), &info) < 0) return failed("stat", path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Status close() override {
    if (!descriptor_.good()) return closed();
    // On Linux EINTR closes the descriptor too, so only close is not retried.
    if (::close(descriptor_.release()) < 0 && errno != EINTR) return failed("close", path_);
    return {};
  }

 private:
  Error closed() const { return Error(Code::kClosed, "the file was closed").in(path_); }
  Status writable(const char* call) const {
    if (!descriptor_.good()) return closed();
    if (writable_) return {};
    return Error(Code::kInvalidArgument, fmt::format("{}: opened for reading only", call)).in(path_);
  }

  Descriptor descriptor_;
  const std::string path_;
  const bool writable_;
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)), owner_(::getpid()) {}
  PosixLock(const PosixLock&) = delete;
  PosixLock& operator=(const PosixLock&) = delete;
  // Children of a fork hold the same lock until they close their copy. The owner's word ends it for all of them, and a
  // child's end must not.
  ~PosixLock() override {
    if (::getpid() == owner_) ::flock(descriptor_.number(), LOCK_UN);
  }

 private:
  const Descriptor descriptor_;
  const ::pid_t owner_;
};

class PosixFileSystem final : public FileSystem {
 public:
  explicit PosixFileSystem(Descriptor root) : root_(std::move(root)) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    if (Status good = check_path(path); !good.ok()) return good.error();
    const int flags = mode == OpenMode::kRead        ? O_RDONLY
                      : mode == OpenMode::kReadWrite ? O_RDWR | O_APPEND
                                                     : O_RDWR | O_APPEND | O_CREAT | O_EXCL;
    Descriptor descriptor = open_at(path, flags);
    if (!descriptor.good()) return failed("open", path);
    struct ::stat info;
    if (::fstat(descriptor.number(), &info) < 0) return failed("stat", path);
    if (!S_ISREG(info.st_mode)) return wrong_kind(path, "something else");
    return std::make_unique<PosixFile>(std::move(descriptor), path, mode);
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (Status good = check_rename(from, to); !good.ok()) return good;
    if (Status good = refuse_directory(from); !good.ok()) return good;
    if (Status good = refuse_directory(to); !good.ok() && good.error().code() != Code::kNotFound) return good;
    if (::renameat(root_.number(), from.c_str(), root_.number(), to.c_str()) < 0) return failed("rename", from);
    return {};
  }

  Status link(const std::string& from, const std::string& to) override {
    if (Status good = check_path(from); !good.ok()) return good;
    if (Status good = check_path(to); !good.ok()) return good;
    if (Status good = refuse_directory(from); !good.ok()) return good;
    if (::linkat(root_.number(), from.c_str(), root_.number(), name(to), 0) < 0) return failed("link", to);
    return {};
  }

  Status remove(const std::string& path) override { return unlink(path, 0); }
  Status remove_directory(const std::string& path) override { return unlink(path, AT_REMOVEDIR); }

  Status make_directory(const std::string& path) override {
    if (Status good = check_path(path); !good.ok()) return good;
    if (::mkdirat(root_.number(), name(path), kDirectoryMode) < 0) return failed("make directory", path);
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    if (Status good = check_path(path); !good.ok()) return good.error();
    Descriptor descriptor = open_at(path, O_RDONLY | O_DIRECTORY);
    if (!descriptor.good()) return failed("list", path);
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(descriptor.number()), &::closedir);
    if (directory == nullptr) return failed("list", path);
    descriptor.release();  // closedir closes it
    std::vector<std::string> names;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string_view found = entry->d_name;
      if (found != "." && found != "..") names.emplace_back(found);
    }
    if (errno != 0) return failed("list", path);
    std::ranges::sort(names);
    return names;
  }

  Status sync_directory(const std::string& path) override {
    if (Status good = check_path(path); !good.ok()) return good;
    const Descriptor descriptor = open_at(path, O_RDONLY | O_DIRECTORY);
    if (!descriptor.good()) return failed("open directory", path);
    if (retried([&] { return ::fsync(descriptor.number()); }) < 0) return failed("sync directory", path);
    return {};
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    if (Status good = check_path(path); !good.ok()) return good.error();
    while (true) {
      Descriptor descriptor = open_at(path, O_RDWR | O_CREAT);
      if (!descriptor.good()) return failed("lock", path);
      if (retried([&] { return ::flock(descriptor.number(), LOCK_EX | LOCK_NB); }) < 0) return failed("lock", path);
      // Whoever held it until now may have removed the name: then this locks a file that nobody else will meet.
      struct ::stat held;
      struct ::stat named;
      if (::fstat(descriptor.number(), &held) < 0) return failed("lock", path);
      const bool there = ::fstatat(root_.number(), name(path), &named, 0) == 0;
      if (!there || held.st_dev != named.st_dev || held.st_ino != named.st_ino) continue;
      return std::make_unique<PosixLock>(std::move(descriptor));
    }
  }

  Result<std::optional<FileInfo>> stat(const std::string& path) override {
    if (Status good = check_path(path); !good.ok()) return good.error();
    struct ::stat info;
    if (::fstatat(root_.number(), name(path), &info, 0) < 0) {
      const Error error = failed("stat", path);
      if (error.code() == Code::kNotFound) return std::optional<FileInfo>();
      return error;
    }
    const bool is_directory = S_ISDIR(info.st_mode);
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    return std::optional<FileInfo>({.size = is_directory ? 0 : bytes, .is_directory = is_directory});
  }

  Result<SpaceInfo> space() override {
    struct ::statvfs info;
    if (retried([&] { return ::fstatvfs(root_.number(), &info); }) < 0) return failed("space", "");
    const std::uint64_t block_bytes = info.f_frsize;
    return SpaceInfo{.total = block_bytes * info.f_blocks, .available = block_bytes * info.f_bavail};
  }

 private:
  static const char* name(const std::string& path) { return path.empty() ? "." : path.c_str(); }

  Descriptor open_at(const std::string& path, int flags) const {
    return Descriptor(
        retried([&] { return ::openat(root_.number(), name(path), flags | O_CLOEXEC | O_NOCTTY, kFileMode); }));
  }

  // kNotFound when nothing has that name.
  Status refuse_directory(const std::string& path) const {
    struct ::stat info;
    if (::fstatat(root_.number(), name(path), &info, 0) < 0) return failed("stat", path);
    if (S_ISDIR(info.st_mode)) return wrong_kind(path, "a directory");
    return {};
  }

  Status unlink(const std::string& path, int flags) const {
    if (Status good = check_path(path); !good.ok()) return good;
    if (::unlinkat(root_.number(), name(path), flags) < 0) return failed("remove", path);
    return {};
  }

  Descriptor root_;
};

}  // namespace

Result<std::unique_ptr<FileSystem>> open_posix(const std::string& root) {
  Descriptor descriptor(retried([&] { return ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!descriptor.good() && errno == ENOTDIR) {
    return Error(Code::kInvalidArgument, "the root must be a directory").in(root);
  }
  if (!descriptor.good()) return failed("open directory", root);
  return std::make_unique<PosixFileSystem>(std::move(descriptor));
}

Result<std::unique_ptr<FileSystem>> open_directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return open_posix(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

Result<std::string> read_posix_file(const std::string& path) {
  struct ::stat there{};
  if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    const char* const kind = S_ISDIR(there.st_mode)    ? "a directory"
                             : S_ISFIFO(there.st_mode) ? "a pipe"
                             : S_ISSOCK(there.st_mode) ? "a socket"
                                                       : "a device";
    return Error(Code::kInvalidArgument, fmt::format("expected a file, found {}", kind)).in(path);
  }
  auto fs = open_directory_of(path);
  if (!fs.ok()) return fs.error().in(path);
  auto text = read_whole_file(**fs, std::string(name_of(path)));
  if (!text.ok()) return text.error().in(path);
  return text;
}

std::string without_links(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? path : std::string(real.get());
}

std::string place_of(const std::string& path) {
  std::error_code failed;
  const auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(path, failed), failed);
  return failed ? path : place.string();
}

Status check_place_of_file(const std::string& path) {
  struct stat there{};
  const bool names_a_file = !path.empty() && !path.ends_with('/');
  if (names_a_file && (::lstat(path.c_str(), &there) != 0 || S_ISREG(there.st_mode))) return {};
  return Error(Code::kInvalidArgument, "expected the name of a file, or of a new one").in(path.empty() ? "''" : path);
}

std::uint64_t cached_files_max() {
  constexpr std::uint64_t kOthers = 32;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == 0) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t all = limit.rlim_cur;
  return all - std::min(all - 1, std::max(kOthers, all / 4));
}

void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace mylonite::vfs
