#include "core/vfs/path.h"

#include <gtest/gtest.h>

#include <string>

namespace mylonite::vfs {
namespace {

// Goal: a path cannot leave the root. Method: the legal forms and one path for each rule.
// Expectation: the legal ones pass; the others are kInvalidArgument and name the path.
TEST(Path, AcceptsRelativePartsOnly) {
  for (const std::string good : {"", "a", "a/b", "a/b/c.log", "...", "a/..b", "with space", "\xff"}) {
    EXPECT_TRUE(check_path(good).ok()) << good;
  }
  const std::string bad[] = {"/",
                             "/a",
                             "a/",
                             "a//b",
                             ".",
                             "..",
                             "a/../b",
                             "a/.",
                             std::string("a\0", 2),
                             std::string(256, 'x'),
                             std::string(2500, 'x').replace(100, 1, "/")};
  for (const std::string& path : bad) {
    const Status status = check_path(path);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(status.error().file(), path);
  }
  std::string longest;
  while (longest.size() <= 4000) longest += "part/";
  EXPECT_FALSE(check_path(longest + "end").ok());
}

// Goal: rename stays within a directory. Method: pairs. Expectation: only siblings pass.
TEST(Path, RenameStaysInOneDirectory) {
  EXPECT_TRUE(check_rename("a", "b").ok());
  EXPECT_TRUE(check_rename("d/a", "d/b").ok());
  EXPECT_FALSE(check_rename("a", "d/a").ok());
  EXPECT_FALSE(check_rename("d/a", "a").ok());
  EXPECT_FALSE(check_rename("d/a", "e/a").ok());
  EXPECT_FALSE(check_rename("a", "../a").ok());
}

// Goal, method, expectation: the two halves of a path, with and without a directory.
TEST(Path, Halves) {
  EXPECT_EQ(parent_of("a/b/c"), "a/b");
  EXPECT_EQ(name_of("a/b/c"), "c");
  EXPECT_EQ(parent_of("c"), "");
  EXPECT_EQ(name_of("c"), "c");
}

}  // namespace
}  // namespace mylonite::vfs
