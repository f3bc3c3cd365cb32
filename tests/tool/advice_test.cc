// Errors in the words of whoever typed the command.
#include "core/tool/advice.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "tests/tool/run_tool.h"

namespace mylonite::tool {
namespace {

using testing::run_shell;
using testing::run_tool;
using testing::Scratch;

// Goal: an error names the path that the user wrote. Method: files as the engine names them, from the store's directory
// and from its parent; names that are none of the store's. Expectation: the user's directory before each of the first.
TEST(Advice, PathsAsGiven) {
  const auto named = [](const std::string& file, const std::string& given, const std::string& opened) {
    return in_users_words(Error(Code::kCorruption, "bad").in(file, 4), given, opened).to_string();
  };
  EXPECT_EQ(named("s/LOCK", "/a/b/s", "/a/b/s"), "corruption: /a/b/s/LOCK at byte 4: bad");
  EXPECT_EQ(named("s", "b/s//", "b/s//"), "corruption: b/s at byte 4: bad");
  EXPECT_EQ(named("manifest-3.jsonl", "s/", "s/"), "corruption: s/manifest-3.jsonl at byte 4: bad");
  EXPECT_EQ(named("s/wal-2.log", ".", "/a/b/s"), "corruption: ./wal-2.log at byte 4: bad");
  for (const std::string file : {"standard output", "copy", "s2/LOCK", "copy/CURRENT", ""}) {
    EXPECT_EQ(in_users_words(Error(Code::kIo, "bad").in(file), "/a/s", "/a/s").file(), file);
  }
}

// Goal: the next step fits the cause. Method: one error of each cause. Expectation: a word of the step, and "disk" only
// where the disk may be the cause.
TEST(Advice, StepsFitTheirCauses) {
  const auto io = [](int error) {
    return Error(Code::kIo, "open: " + std::system_category().message(error)).in("s/wal-2.log");
  };
  const std::pair<Error, std::string> cases[] = {
      {Error(Code::kAlreadyExists, "there"), "a free name"},
      {Error(Code::kNotFound, "the parent of data_dir: open: gone"), "must exist"},
      {Error(Code::kNotFound, "open: gone").in("s/wal-2.log"), "was removed meanwhile"},
      {io(EACCES), "for permission"},
      {io(EROFS), "for reading only"},
      {io(EMFILE), "ulimit -n"},
      {io(EIO), "check the disk"},
      {Error(Code::kIo, "write: " + std::system_category().message(ENOSPC)).in("standard output"), "incomplete"},
      {Error(Code::kIo, "read: bad").in("standard input"), "the input"},
      {Error(Code::kReadOnly, "writes stopped: sync: bad"), "check the disk"},
  };
  for (const auto& [error, says] : cases) {
    EXPECT_NE(next_step(error).find(says), std::string::npos) << error.to_string() << ": " << next_step(error);
    EXPECT_EQ(next_step(error).find("disk") != std::string::npos, says == "check the disk") << next_step(error);
  }
  EXPECT_EQ(next_step(Error(Code::kInvalidArgument, "bad")), "");
}

// Goal: a store is named from anywhere. Method: "." in it, "..", "." behind its name, its name with slashes, for a
// store that is there and one that is to be made. Expectation: all reach it; where no store is, the answer is that.
TEST(Advice, AnyPathToTheStore) {
  const Scratch scratch;
  const std::string there = "cd '" + scratch.path("") + "' && ";
  EXPECT_EQ(run_shell(there + "$M put ./s/. k v && $M get s// k").out, "v\n");
  EXPECT_EQ(run_shell(there + "mkdir -p s/inside && cd s && $M get . k && $M get ./ k && $M get inside/.. k").out,
            "v\nv\nv\n");
  EXPECT_EQ(run_shell(there + "mkdir empty && cd empty && $M put . k w && $M get . k").out, "w\n");
  EXPECT_EQ(run_shell(there + "$M put absent/.. k v").exit, 2);
  const auto nowhere = run_shell(there + "mkdir none && cd none && $M get . k");
  EXPECT_EQ(nowhere.exit, 5);
  EXPECT_TRUE(nowhere.err.starts_with("mylonite: not a store: .: ")) << nowhere.err;
}

// Goal: the program says it so. Method: a name that is taken, a missing parent, a lock that another holds. Expectation:
// the path as given, and the step.
TEST(Advice, IsPrinted) {
  const Scratch scratch;
  const std::string store = scratch.path("s");
  ASSERT_EQ(run_tool({"put", store, "k", "v"}).exit, 0);
  ASSERT_EQ(run_tool({"checkpoint", store, "copy"}).exit, 0);
  const auto taken = run_tool({"checkpoint", store, "copy"});
  EXPECT_NE(taken.err.find("a free name"), std::string::npos) << taken.err;
  const auto parent = run_tool({"put", scratch.path("no/s"), "k", "v"});
  EXPECT_NE(parent.err.find("must exist"), std::string::npos) << parent.err;
  std::filesystem::remove(store + "/CURRENT");
  const auto damaged = run_tool({"get", store, "k"});
  EXPECT_TRUE(damaged.err.starts_with("mylonite: corruption: " + store + ": ")) << damaged.err;
}

}  // namespace
}  // namespace mylonite::tool
