// Files that programs write for users: whole or not at all, and never in the place of something else.
#include "core/cli/files.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mylonite::cli {
namespace {

namespace paths = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = (paths::temp_directory_path() / "mylonite-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { paths::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  // The names in the folder.
  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& each : paths::directory_iterator(folder_)) names.push_back(each.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  paths::path folder_;
};

// Goal: a file appears whole, in the place of an older one.
TEST_F(Files, AppearWhole) {
  std::ofstream(path("a")) << "old";
  auto file = LineFile::create(path("a"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->add("new\n").ok());
  EXPECT_EQ(text_of("a"), "old");
  ASSERT_TRUE(file->complete().ok());
  EXPECT_EQ(text_of("a"), "new\n");
  EXPECT_EQ(listing(), std::vector<std::string>{"a"});
}

// Goal: what is no file stays. Method: a pipe, a directory, a name of nothing, a link to a pipe. Expectation: refused
// before anything is written, and nothing changed.
TEST_F(Files, ReplaceNothingElse) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  paths::create_directory(path("folder"));
  paths::create_symlink("pipe", path("link"));
  paths::create_symlink("nowhere", path("dangling"));
  const auto before = listing();
  for (const std::string& place :
       {path("pipe"), path("folder"), path("folder/"), path("link"), path("dangling"), std::string()}) {
    const auto file = LineFile::create(place);
    ASSERT_FALSE(file.ok()) << place;
    EXPECT_EQ(file.error().code(), Code::kInvalidArgument) << file.error().to_string();
  }
  EXPECT_EQ(listing(), before);
  EXPECT_TRUE(paths::is_fifo(path("pipe")));
}

// Goal: what may never end is not read. Method: a pipe without a writer, a directory, devices, links to them.
// Expectation: refused at once, with what stands there.
TEST_F(Files, AreReadOnlyIfTheyEnd) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  paths::create_symlink("pipe", path("link"));
  const std::pair<std::string, std::string> places[] = {{path("pipe"), "a pipe"},          {path("link"), "a pipe"},
                                                        {folder_.string(), "a directory"}, {path("."), "a directory"},
                                                        {"/dev/zero", "a device"},         {"/dev/null", "a device"}};
  for (const auto& [place, kind] : places) {
    const auto text = read_file(place);
    ASSERT_FALSE(text.ok()) << place;
    EXPECT_EQ(text.error().to_string(), "invalid argument: " + place + ": expected a file, found " + kind);
  }
}

// Goal: behind a link its target is written, and the link stays.
TEST_F(Files, LinksStay) {
  std::ofstream(path("target")) << "old";
  paths::create_symlink("target", path("link"));
  ASSERT_TRUE(write_file(path("link"), "new").ok());
  EXPECT_TRUE(paths::is_symlink(path("link")));
  EXPECT_EQ(text_of("target"), "new");
}

// Goal: a file that is given up leaves nothing, and one that is not says where it is until it is complete.
TEST_F(Files, AreGivenUp) {
  auto file = LineFile::create(path("a"));
  ASSERT_TRUE(file.ok() && file->add("line\n").ok());
  EXPECT_EQ(file->partial_path(), path("a.part"));
  EXPECT_EQ(text_of("a.part"), "line\n");
  ASSERT_TRUE(file->discard().ok());
  EXPECT_TRUE(listing().empty());
}

// Goal: no file is written over another one. Method: the same place by other paths; the .part of a file; what is read.
// Expectation: refused with both words of the command line; other places are fine.
TEST_F(Files, AreDistinct) {
  paths::create_directory(path("folder"));
  paths::create_directory_symlink("folder", path("link"));
  std::ofstream(path("there")) << "old";
  paths::create_symlink("there", path("alias"));
  const auto refused = [&](const std::string& a, const std::string& b) {
    const Status two = check_distinct({{"--a", path(a)}, {"--b", path(b)}}, {});
    const Status in_place = check_distinct({{"--b", path(b)}}, {{"--a", path(a)}});
    EXPECT_EQ(two.ok(), in_place.ok()) << a << " " << b;
    if (!two.ok()) {
      EXPECT_EQ(two.error().code(), Code::kInvalidArgument);
      EXPECT_TRUE(two.error().message().starts_with("--a " + path(a) + " and --b " + path(b) + " are one file"));
    }
    return !two.ok();
  };
  EXPECT_TRUE(refused("new", "new"));
  EXPECT_TRUE(refused("new", "./folder/../new"));
  EXPECT_TRUE(refused("folder/new", "link/new"));
  EXPECT_TRUE(refused("there", "alias"));
  EXPECT_TRUE(refused("new", "new.part"));
  EXPECT_TRUE(refused("new.part", "new"));
  EXPECT_FALSE(refused("new", "folder/new"));
  EXPECT_FALSE(refused("there", "there2"));
}

}  // namespace
}  // namespace mylonite::cli
