// What the conformance test cannot show of the real filesystem: its root, its process-wide locks, its space.
#include "core/vfs/posix.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace mylonite::vfs {
namespace {

class Posix : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mylonite-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string root_;
};

// Goal: the root must be a directory that is there. Method: nothing, a file, a directory.
// Expectation: kNotFound, kInvalidArgument, each naming the path; success, and nothing created.
TEST_F(Posix, RootMustBeADirectory) {
  const Result<std::unique_ptr<FileSystem>> absent = open_posix(root_ + "/absent");
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code(), Code::kNotFound);
  EXPECT_EQ(absent.error().file(), root_ + "/absent");
  std::ofstream(root_ + "/file") << "x";
  EXPECT_EQ(open_posix(root_ + "/file").error().code(), Code::kInvalidArgument);
  const Result<std::unique_ptr<FileSystem>> fs = open_posix(root_);
  ASSERT_TRUE(fs.ok());
  EXPECT_EQ((*fs)->list("").value(), std::vector<std::string>{"file"});
}

// Goal: a lock excludes a second opener in the same process. Method: two filesystems on one root.
// Expectation: kLocked and worth a retry while held, free afterwards; the file stays.
TEST_F(Posix, LockExcludesASecondOpener) {
  const auto first = std::move(*open_posix(root_));
  const auto second = std::move(*open_posix(root_));
  auto held = first->lock("LOCK");
  ASSERT_TRUE(held.ok());
  const auto refused = second->lock("LOCK");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kLocked);
  EXPECT_TRUE(refused.error().message().ends_with("another opener holds the lock")) << refused.error().message();
  EXPECT_TRUE(refused.error().can_retry());
  held->reset();
  EXPECT_TRUE(second->lock("LOCK").ok());
  EXPECT_TRUE(first->stat("LOCK").value().has_value());
}

// Goal: a forked child neither keeps its parent's lock alive nor ends it. Method: one child waits, another one destroys
// the lock and ends. Expectation: the parent still holds it; when it frees it, it can take it again beside the first.
TEST_F(Posix, ForkedChildrenDoNotHoldTheLock) {
  const auto fs = std::move(*open_posix(root_));
  auto held = fs->lock("LOCK");
  ASSERT_TRUE(held.ok());
  int to_child[2];
  int to_parent[2];
  ASSERT_EQ(::pipe(to_child), 0);
  ASSERT_EQ(::pipe(to_parent), 0);
  char byte = 'x';
  const ::pid_t keeper = ::fork();  // has a copy of the lock until it ends
  if (keeper == 0) {
    ::close(to_child[1]);
    static_cast<void>(::read(to_child[0], &byte, 1));
    ::_exit(0);
  }
  const ::pid_t child = ::fork();
  if (child == 0) {
    held->reset();
    static_cast<void>(::write(to_parent[1], &byte, 1));
    ::_exit(0);
  }
  EXPECT_EQ(::read(to_parent[0], &byte, 1), 1);
  EXPECT_FALSE(fs->lock("LOCK").ok()) << "the child ended its parent's lock";
  held->reset();
  EXPECT_TRUE(fs->lock("LOCK").ok()) << "a living child holds it";
  ::close(to_child[1]);
  EXPECT_EQ(::waitpid(keeper, nullptr, 0), keeper);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  for (const int each : {to_child[0], to_parent[0], to_parent[1]}) ::close(each);
}

// Goal: messages lead somewhere. Method: open a missing file. Expectation: the path, and the system's own words.
TEST_F(Posix, ErrorsNamePathAndCause) {
  const auto fs = std::move(*open_posix(root_));
  const auto missing = fs->open("wal-7.log", OpenMode::kRead);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().to_string(), "not found: wal-7.log: open: No such file or directory");
}

// Goal: bytes pass through the process unbuffered and whole. Method: append 8 MiB, look with other means before any
// sync or close. Expectation: the same size and bytes; space() is plausible.
TEST_F(Posix, AppendsReachTheSystemAtOnce) {
  const auto fs = std::move(*open_posix(root_));
  const auto file = std::move(*fs->open("big", OpenMode::kCreateExclusive));
  std::string bytes(8 << 20, '\0');
  for (std::size_t at = 0; at < bytes.size(); ++at) bytes[at] = static_cast<char>(at % 251);
  ASSERT_TRUE(file->append(bytes).ok());
  std::ifstream other(root_ + "/big", std::ios::binary);
  const std::string seen((std::istreambuf_iterator<char>(other)), std::istreambuf_iterator<char>());
  EXPECT_EQ(seen, bytes);
  const SpaceInfo space = fs->space().value();
  EXPECT_GT(space.total, 0U);
  EXPECT_LE(space.available, space.total);
}

// Goal: a handle belongs to the file, not to the filesystem object. Method: destroy the filesystem, go on.
// Expectation: append, sync and close succeed.
TEST_F(Posix, HandlesOutliveTheFileSystem) {
  auto fs = std::move(*open_posix(root_));
  const auto file = std::move(*fs->open("a", OpenMode::kCreateExclusive));
  fs.reset();
  EXPECT_TRUE(file->append("x").ok());
  EXPECT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  EXPECT_TRUE(file->close().ok());
}

}  // namespace
}  // namespace mylonite::vfs
