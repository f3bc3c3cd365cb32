// The simulated filesystem must be indistinguishable from the real one while nothing fails.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/random.h>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/vfs/posix.h"

namespace mylonite {
namespace {

using vfs::OpenMode;
using vfs::SyncKind;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mylonite-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : std::string();
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    if (!path_.empty()) std::filesystem::remove_all(path_);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One of the two filesystems, with what a program holds open in it.
struct World {
  static constexpr std::size_t kHandles = 5;
  static constexpr std::size_t kLocks = 2;

  vfs::FileSystem& fs;
  std::array<std::unique_ptr<vfs::File>, kHandles> files;
  std::array<std::unique_ptr<vfs::FileLock>, kLocks> locks;
};

template <class T, class Show>
std::string outcome(const Result<T>& result, Show show) {
  return result.ok() ? show(*result)
                     : fmt::format("{} at \"{}\"", code_name(result.error().code()), result.error().file());
}
std::string outcome(const Status& status) {
  return status.ok() ? "ok" : fmt::format("{} at \"{}\"", code_name(status.error().code()), status.error().file());
}

std::string show_open(World& world, std::size_t slot, const std::string& path, OpenMode mode) {
  Result<std::unique_ptr<vfs::File>> opened = world.fs.open(path, mode);
  const std::string text = outcome(opened, [](const auto&) { return "ok"; });
  if (opened.ok()) world.files[slot] = std::move(*opened);
  return text;
}

std::string show_read(World& world, std::size_t slot, std::uint64_t offset, std::size_t bytes) {
  std::string buffer(bytes, '?');
  return outcome(world.files[slot]->read_at(offset, buffer), [&](std::size_t got) {
    return fmt::format("{} bytes, hash {:x}, rest {}", got, hash64(std::string_view(buffer).substr(0, got)),
                       buffer.find_first_not_of('?', got) == std::string::npos);
  });
}

std::string show_list(World& world, const std::string& path) {
  return outcome(world.fs.list(path), [](const std::vector<std::string>& names) {
    std::string text = "names:";
    for (const std::string& name : names) text += " " + name;
    return text;
  });
}

std::string show_stat(World& world, const std::string& path) {
  return outcome(world.fs.stat(path), [](const std::optional<vfs::FileInfo>& info) {
    return info ? fmt::format("{} bytes, directory {}", info->size, info->is_directory) : std::string("absent");
  });
}

std::string show_lock(World& world, std::size_t slot, const std::string& path) {
  Result<std::unique_ptr<vfs::FileLock>> lock = world.fs.lock(path);
  const std::string text = outcome(lock, [](const auto&) { return "ok"; });
  if (lock.ok()) world.locks[slot] = std::move(*lock);
  return text;
}

class Sequence {
 public:
  Sequence(std::uint64_t seed, vfs::FileSystem& real, vfs::FileSystem& simulated)
      : random_(seed), real_{real, {}, {}}, simulated_{simulated, {}, {}} {}

  // Makes one random call in both worlds. Returns false, with the story so far in log(), where they differ.
  bool step() { return random_.chance(1, 2) ? name_call() : file_call(); }
  const std::string& log() const { return log_; }

 private:
  std::string path() {
    static const std::string kPaths[] = {"a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "a/b"};
    static const std::string kBadPaths[] = {"",
                                            "..",
                                            "/a",
                                            "a//b",
                                            "a/",
                                            ".",
                                            "d/../a",
                                            "d/.",
                                            std::string("a\0b", 3),
                                            std::string(300, 'x'),
                                            "none",
                                            "none/x",
                                            "d/" + std::string(255, 'y')};
    if (random_.chance(1, 10)) return kBadPaths[random_.below(std::size(kBadPaths))];
    return kPaths[random_.below(std::size(kPaths))];
  }

  template <class Call>
  bool compare(const std::string& what, Call call) {
    const std::string real = call(real_);
    const std::string simulated = call(simulated_);
    log_ += fmt::format("{}: {}\n", what, real);
    if (real == simulated) return true;
    log_ += fmt::format("  but simulated: {}\n", simulated);
    return false;
  }

  bool name_call() {
    const std::string from = path();
    const std::string to = path();
    const std::uint64_t slot = random_.below(World::kLocks);
    const std::string shown = printable(from);
    switch (random_.below(10)) {
      case 0:
      case 1:
        return compare("rename " + shown + " " + printable(to),
                       [&](World& world) { return outcome(world.fs.rename(from, to)); });
      case 2:
        return compare("link " + shown + " " + printable(to),
                       [&](World& world) { return outcome(world.fs.link(from, to)); });
      case 3: return compare("remove " + shown, [&](World& world) { return outcome(world.fs.remove(from)); });
      case 4:
        return compare("make directory " + shown, [&](World& world) { return outcome(world.fs.make_directory(from)); });
      case 5:
        return compare("remove directory " + shown,
                       [&](World& world) { return outcome(world.fs.remove_directory(from)); });
      case 6: return compare("list " + shown, [&](World& world) { return show_list(world, from); });
      case 7: return compare("stat " + shown, [&](World& world) { return show_stat(world, from); });
      case 8:
        if (!random_.chance(1, 4))
          return compare("stat " + shown, [&](World& world) { return show_stat(world, from); });
        return compare("sync directory " + shown, [&](World& world) { return outcome(world.fs.sync_directory(from)); });
      default:
        if (random_.chance(1, 3)) {
          real_.locks[slot].reset();
          simulated_.locks[slot].reset();
        }
        return compare("lock " + shown, [&](World& world) { return show_lock(world, slot, from); });
    }
  }

  bool file_call() {
    const std::uint64_t slot = random_.below(World::kHandles);
    const std::string name = fmt::format("handle {}: ", slot);
    if (real_.files[slot] == nullptr || random_.chance(1, 6)) {
      const auto mode = static_cast<OpenMode>(random_.below(3));
      const std::string file = path();
      return compare(fmt::format("{}open {} mode {}", name, printable(file), static_cast<int>(mode)),
                     [&](World& world) { return show_open(world, slot, file, mode); });
    }
    const std::uint64_t number = random_.chance(1, 4) ? random_.below(20000) : random_.below(600);
    const std::string bytes = random_bytes(static_cast<std::size_t>(number));
    const std::uint64_t offset = random_.chance(1, 40) ? random_.next() : random_.below(12000);
    switch (random_.below(8)) {
      case 0:
      case 1:
        return compare(fmt::format("{}append {}", name, number),
                       [&](World& world) { return outcome(world.files[slot]->append(bytes)); });
      case 2:
      case 3:
        return compare(fmt::format("{}read {} at {}", name, number, offset),
                       [&](World& world) { return show_read(world, slot, offset, static_cast<std::size_t>(number)); });
      case 4:
        return compare(fmt::format("{}truncate {}", name, number),
                       [&](World& world) { return outcome(world.files[slot]->truncate(number)); });
      case 5:
        return compare(name + "size", [&](World& world) {
          return outcome(world.files[slot]->size(), [](std::uint64_t size) { return fmt::format("{}", size); });
        });
      case 6:
        if (random_.chance(1, 2)) {
          return compare(name + "close", [&](World& world) { return outcome(world.files[slot]->close()); });
        }
        return compare(name + "read all", [&](World& world) { return show_read(world, slot, 0, 60000); });
      default:
        const SyncKind kind = random_.chance(1, 2) ? SyncKind::kData : SyncKind::kDataAndSize;
        if (!random_.chance(1, 4))
          return compare(name + "read", [&](World& world) { return show_read(world, slot, offset, 100); });
        return compare(name + "sync", [&](World& world) { return outcome(world.files[slot]->sync(kind)); });
    }
  }

  std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.next());
    return bytes;
  }

  Random random_;
  World real_;
  World simulated_;
  std::string log_;
};

// Every byte below a path, so that what no call happened to look at is compared too.
std::string dump(vfs::FileSystem& fs, const std::string& path) {
  std::string text;
  const Result<std::vector<std::string>> names = fs.list(path);
  if (!names.ok()) return names.error().to_string();
  for (const std::string& name : *names) {
    const std::string child = path.empty() ? name : path + "/" + name;
    const Result<std::optional<vfs::FileInfo>> info = fs.stat(child);
    if (!info.ok() || !*info) return child + ": no stat";
    if ((*info)->is_directory) {
      text += child + "/\n" + dump(fs, child);
      continue;
    }
    const Result<std::unique_ptr<vfs::File>> file = fs.open(child, OpenMode::kRead);
    if (!file.ok()) return file.error().to_string();
    std::string bytes(static_cast<std::size_t>((*info)->size), '?');
    const Result<std::size_t> got = (*file)->read_at(0, bytes);
    text += fmt::format("{} {} {:x}\n", child, got.ok() ? *got : 0, hash64(bytes));
  }
  return text;
}

// Goal: results, error codes, error paths, bytes, sizes and listings are the same on disk and in simulation.
// Method: random call sequences over few names and few handles, so that handles of renamed and removed files, second
// names, refused calls and reused names are common; at the end of each, everything that remains.
// Expectation: no difference. MYLONITE_CONFORMANCE_SEQUENCES sets the number of sequences.
TEST(Conformance, SimulatedEqualsReal) {
  constexpr int kCalls = 300;
  const char* wanted = std::getenv("MYLONITE_CONFORMANCE_SEQUENCES");
  const int sequences = wanted != nullptr ? std::atoi(wanted) : 200;
  std::uint64_t compared = 0;
  for (int seed = 1; seed <= sequences; ++seed) {
    const TemporaryDirectory root;
    const Result<std::unique_ptr<vfs::FileSystem>> real = vfs::open_posix(root.path());
    ASSERT_TRUE(real.ok());
    faultfs::Disk disk;
    faultfs::SimFileSystem simulated(disk);
    Sequence sequence(static_cast<std::uint64_t>(seed), **real, simulated);
    for (int call = 0; call < kCalls; ++call) {
      ASSERT_TRUE(sequence.step()) << "seed " << seed << "\n" << sequence.log();
      ++compared;
    }
    ASSERT_EQ(dump(**real, ""), dump(simulated, "")) << "seed " << seed << "\n" << sequence.log();
  }
  EXPECT_GT(compared, 0U);
  fmt::print("conformance: {} sequences, {} calls compared\n", sequences, compared);
}

}  // namespace
}  // namespace mylonite
