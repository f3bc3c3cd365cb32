#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mylonite/faultfs/sim_file_system.h>

#include "core/rt/rt.h"
#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

using vfs::OpenMode;
using vfs::SyncKind;

// Gives one verdict to every call of one kind; writes down what it saw.
class Scripted final : public Interceptor {
 public:
  Verdict before(const Call& call) override {
    story += fmt::format("{} {}", call_kind_name(call.kind), call.path);
    if (!call.other_path.empty()) story += fmt::format(" {}", call.other_path);
    return call.kind == kind ? verdict : Verdict{};
  }
  void after(const Call& call, const CallResult& result) override {
    if (result.error != nullptr) story += fmt::format(" {}", code_name(result.error->code()));
    if (call.kind == CallKind::kRead && !result.bytes.empty())
      result.bytes[0] = static_cast<char>(result.bytes[0] ^ flip);
    story += "; ";
  }

  void fail(CallKind on, Leaves leaves, std::uint64_t bytes_done = 0) {
    kind = on;
    verdict = {.leaves = leaves, .error = Error(Code::kIo, "injected"), .bytes_done = bytes_done};
  }
  void strike(CallKind on, Fault fault) {
    kind = on;
    verdict = verdict_of({.fault = fault}, {.kind = on, .path = "f", .other_path = {}, .bytes = {}});
  }
  void stop() { kind = CallKind::kSpace; }

  CallKind kind = CallKind::kSpace;
  Verdict verdict;
  char flip = 0;
  std::string story;
};

class Intercepted : public testing::Test {
 protected:
  Disk lose_all() const {
    ScriptedChooser chooser = always(FateKind::kLost);
    return power_loss(disk, NameOrder::kPosix, chooser);
  }

 public:
  Disk disk;
  Scripted interceptor;
  SimFileSystem fs{disk, &interceptor};
};

// Goal: the interceptor sees each call that reaches the disk, in pairs, with its outcome. Method: a short story with a
// refused path and a closed handle. Expectation: exactly the calls that reached the disk.
TEST_F(Intercepted, SeesEveryCall) {
  const auto file = create(fs, "a", "1");
  ASSERT_TRUE(file->sync(SyncKind::kData).ok());
  ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
  ASSERT_TRUE(file->close().ok());
  EXPECT_EQ(file->append("2").error().code(), Code::kClosed);
  EXPECT_FALSE(fs.remove("../a").ok());
  EXPECT_FALSE(fs.open("b", OpenMode::kRead).ok());
  ASSERT_TRUE(fs.rename("a", "b").ok());
  ASSERT_TRUE(fs.sync_directory("").ok());
  EXPECT_EQ(interceptor.story,
            "create a; append a; sync_data a; sync a; close a; open b not found; rename a b; sync_directory ; ");
}

// Goal: each failing action leaves what it says. Method: inject on append, create, sync, close.
// Expectation: no effect; a prefix; an effect in spite of the error; closed all the same.
TEST_F(Intercepted, FailuresLeaveWhatTheySay) {
  const auto file = create(fs, "a", "1");
  interceptor.fail(CallKind::kAppend, Leaves::kNothing);
  EXPECT_EQ(file->append("234").error().message(), "injected");
  EXPECT_EQ(contents(disk, "a"), "1");
  interceptor.fail(CallKind::kAppend, Leaves::kPart, 2);
  EXPECT_FALSE(file->append("234").ok());
  EXPECT_EQ(contents(disk, "a"), "123");
  interceptor.fail(CallKind::kCreate, Leaves::kAll);
  EXPECT_FALSE(fs.open("b", OpenMode::kCreateExclusive).ok());
  EXPECT_EQ(contents(disk, "b"), "");
  interceptor.fail(CallKind::kRename, Leaves::kNothing);
  EXPECT_FALSE(fs.rename("a", "b").ok());
  EXPECT_EQ(contents(disk, "a"), "123");
  interceptor.fail(CallKind::kClose, Leaves::kNothing);
  EXPECT_FALSE(file->close().ok());
  EXPECT_EQ(file->close().error().code(), Code::kClosed);
}

// Goal: syncs that fail or lie promise nothing, and forgetting ones poison their bytes. Method: durable "aa", unsynced
// "bb" with a bad sync, then "cc" with an honest one. Expectation: without forgetting the honest sync covers all; with
// it there is a hole where "bb" was, although readers saw it.
TEST_F(Intercepted, BadSyncs) {
  for (const Fault fault : {Fault::kIoError, Fault::kIoErrorForgetting, Fault::kLie, Fault::kLieForgetting}) {
    interceptor.stop();
    const std::string path = fmt::format("f {}", row_of(fault).name);
    const auto file = create(fs, path, "aa");
    ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
    ASSERT_TRUE(fs.sync_directory("").ok());
    ASSERT_TRUE(file->append("bb").ok());
    interceptor.strike(CallKind::kSync, fault);
    EXPECT_EQ(file->sync(SyncKind::kDataAndSize).ok(), is_lie(fault));
    EXPECT_EQ(contents(lose_all(), path), "aa");
    interceptor.stop();
    ASSERT_TRUE(file->append("cc").ok());
    ASSERT_TRUE(file->sync(SyncKind::kDataAndSize).ok());
    EXPECT_EQ(contents(disk, path), "aabbcc");
    const bool forgets = row_of(fault).leaves == Leaves::kCleanPages;
    EXPECT_EQ(contents(lose_all(), path), forgets ? std::string("aa\0\0cc", 6) : "aabbcc");
  }
  interceptor.strike(CallKind::kSyncDirectory, Fault::kLie);
  create(fs, "unsynced", "");
  EXPECT_TRUE(fs.sync_directory("").ok());
  EXPECT_EQ(contents(lose_all(), "unsynced"), "(absent)");
}

// Goal: silent corruption is an overlay. Method: flip a bit of what a read returns, then stop.
// Expectation: the reader sees it; the disk does not; it heals.
TEST_F(Intercepted, AlteredReadsHeal) {
  const auto file = create(fs, "a", "xyz");
  std::string bytes(3, '?');
  interceptor.flip = 1;
  ASSERT_TRUE(file->read_at(0, bytes).ok());
  EXPECT_EQ(bytes, "yyz");
  interceptor.flip = 0;
  ASSERT_TRUE(file->read_at(0, bytes).ok());
  EXPECT_EQ(bytes, "xyz");
}

// Goal: locks exclude two holders, in one process or two, and end with the process. Method: two filesystems on one
// disk; a lock that is abandoned. Expectation: kLocked while held; free after release and after the process.
TEST(Locks, BelongToTheProcess) {
  Disk disk;
  SimFileSystem second(disk);
  {
    SimFileSystem first(disk);
    auto held = first.lock("LOCK");
    ASSERT_TRUE(held.ok());
    EXPECT_EQ(first.lock("LOCK").error().code(), Code::kLocked);
    EXPECT_EQ(second.lock("LOCK").error().code(), Code::kLocked);
    held->reset();
    EXPECT_TRUE(second.lock("LOCK").ok());
  }
  alignas(SimFileSystem) std::byte place[sizeof(SimFileSystem)];
  auto* killed = new (place) SimFileSystem(disk);
  auto abandoned = killed->lock("LOCK");
  ASSERT_TRUE(abandoned.ok());
  EXPECT_FALSE(second.lock("LOCK").ok());
  killed->~SimFileSystem();
  EXPECT_TRUE(second.lock("LOCK").ok());
  new (place) SimFileSystem(disk);  // the lock object is destroyed against a living filesystem after all
  abandoned->reset();
  killed->~SimFileSystem();
}

// Goal: the interface may be used from several threads. Method: four real threads, a file each, names churning.
// Expectation: every file complete (and no report under TSan).
TEST(Threads, MayShareOneFileSystem) {
  Disk disk;
  SimFileSystem fs(disk);
  {
    std::vector<rt::Thread> threads;
    for (int id = 0; id < 4; ++id) {
      threads.emplace_back("appender", [&fs, id] {
        const auto file = create(fs, fmt::format("t{}", id), "");
        for (int i = 0; i < 500; ++i) {
          ignore(file->append("0123456789"), "checked by size");
          ignore(file->sync(SyncKind::kDataAndSize), "without faults it succeeds");
          ignore(fs.rename(fmt::format("t{}", id), fmt::format("t{}", id)), "churn");
          ignore(fs.list(""), "churn");
        }
      });
    }
  }
  for (int id = 0; id < 4; ++id) EXPECT_EQ(contents(disk, fmt::format("t{}", id)).size(), 5000U);
}

}  // namespace
}  // namespace mylonite::faultfs
