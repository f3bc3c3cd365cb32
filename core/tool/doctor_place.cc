#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "core/rt/rt.h"
#include "core/tool/doctor.h"
#include "core/tool/text.h"

namespace mylonite::tool {
namespace {

// File systems by the kernel's numbers (statfs(2)). `next`: why a store there is not as safe as it may seem.
struct FileSystemRow {
  std::uint64_t magic;
  std::string_view name;
  std::string_view next{};
};
constexpr std::string_view kRemote =
    "whether a sync reaches a disk is up to the server; a local disk is the safe place";
constexpr std::string_view kMemory = "it is memory: everything is gone when the machine stops";
constexpr FileSystemRow kFileSystems[] = {
    {0xef53, "ext4 (or ext2, ext3)"},
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0xf2f52010, "f2fs"},
    {0x2fc12fc1, "zfs"},
    {0x794c7630, "overlay"},
    {0x01021994, "tmpfs", kMemory},
    {0x858458f6, "ramfs", kMemory},
    {0x6969, "nfs", kRemote},
    {0xff534d42, "cifs", kRemote},
    {0xfe534d42, "smb2", kRemote},
    {0x65735546, "fuse", kRemote},
    {0x01021997, "9p", kRemote},
};

std::string error_text(int error) { return std::system_category().message(error); }

// A file in the directory without a name, or one whose name is removed at once. Negative: none, see errno.
int nameless_file(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
  std::string name = directory + "/.mylonite-doctor-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) static_cast<void>(::unlink(name.c_str()));
  return named;
}

Check file_system(const std::string& directory) {
  Check check{.name = "file system"};
  struct statfs facts{};
  if (::statfs(directory.c_str(), &facts) != 0) {
    return {.name = check.name, .verdict = Verdict::kNote, .found = error_text(errno)};
  }
  const auto magic = static_cast<std::uint64_t>(facts.f_type) & 0xffffffffU;
  const auto* const row = std::ranges::find(kFileSystems, magic, &FileSystemRow::magic);
  check.found = row == std::end(kFileSystems) ? fmt::format("of kind {:#x}", magic) : std::string(row->name);
  if (row == std::end(kFileSystems) || row->next.empty()) return check;
  check.verdict = Verdict::kNote;
  check.next = row->next;
  return check;
}

Check free_space(const std::string& directory, const Options& options) {
  struct statfs facts{};
  if (::statfs(directory.c_str(), &facts) != 0) {
    return {.name = "free space", .verdict = Verdict::kNote, .found = error_text(errno)};
  }
  const std::uint64_t block = static_cast<std::uint64_t>(facts.f_bsize);
  const std::uint64_t available = facts.f_bavail * block;
  const std::uint64_t wanted =
      2 * (options.memtable_max_bytes * (options.frozen_memtables_max + 1) + options.wal_file_rotate_bytes);
  Check check{.name = "free space",
              .found = fmt::format("{} of {}", human_bytes(available), human_bytes(facts.f_blocks * block))};
  if (available >= wanted && (facts.f_files == 0 || facts.f_ffree > 0)) return check;
  check.verdict = Verdict::kMend;
  check.next =
      facts.f_files > 0 && facts.f_ffree == 0
          ? std::string("no more files can be made there; remove some")
          : fmt::format("free some: logs and memtables alone may take {}, and merges more", human_bytes(wanted));
  return check;
}

Check sync_time(const std::string& directory) {
  constexpr std::size_t kRounds = 9;
  constexpr std::uint64_t kTooFastNs = 20'000;  // no device is as fast
  const int file = nameless_file(directory);
  if (file < 0) {
    return {.name = "sync",
            .verdict = Verdict::kMend,
            .found = fmt::format("no file can be made in {}: {}", directory, error_text(errno)),
            .next = "writing to a store needs a directory that this user may write"};
  }
  std::array<std::uint64_t, kRounds> took{};
  std::array<char, 4096> bytes{};
  int error = 0;
  for (std::uint64_t& each : took) {
    bytes.fill(static_cast<char>('a' + (&each - took.data())));
    const std::uint64_t from = rt::monotonic_ns();
    const bool done = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    if (!done || ::fdatasync(file) != 0) error = errno == 0 ? EIO : errno;
    each = rt::monotonic_ns() - from;
  }
  ::close(file);
  if (error != 0) {
    return {.name = "sync",
            .verdict = Verdict::kMend,
            .found = fmt::format("writing and syncing 4 KiB failed: {}", error_text(error)),
            .next = "no store is safe there; check the disk"};
  }
  std::ranges::sort(took);
  const std::uint64_t median = took[kRounds / 2];
  Check check{.name = "sync", .found = fmt::format("4 KiB in {} us (median of {})", median / 1000, kRounds)};
  if (median >= kTooFastNs) return check;
  check.verdict = Verdict::kNote;
  check.next = "that is faster than a disk: syncs may reach memory only, and a power loss take what was acknowledged";
  return check;
}

}  // namespace

std::vector<Check> check_place(const std::string& directory, const Options& options) {
  return {file_system(directory), free_space(directory, options), sync_time(directory)};
}

}  // namespace mylonite::tool
