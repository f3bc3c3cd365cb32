// Store::destroy: what goes, what stays, and what a crash on the way leaves.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/interceptor.h>
#include <mylonite/faultfs/sim_file_system.h>

#include "tests/store/store_fixture.h"
#include "tests/support/every_image.h"

namespace mylonite::testing {
namespace {

// Tables of several runs, logs, a manifest; closed.
void make_store(vfs::FileSystem& fs, const Options& options) {
  const auto store = open_store(fs, options);
  for (int i = 0; i < 60; ++i) put(*store, "key" + std::to_string(i), std::string(200, 'v'));
  ASSERT_TRUE(store->close().ok());
}

Code destroy_code(vfs::FileSystem& fs, const Options& options) {
  const Status gone = Store::destroy(fs, options);
  EXPECT_FALSE(gone.ok()) << "destroyed";
  return gone.ok() ? Code::kClosed : gone.error().code();
}

class Destroy : public OnEachDisk {};
INSTANTIATE_TEST_SUITE_P(Disks, Destroy, ::testing::Bool(), disk_name);

// Goal: a store goes, and a new one may take its place. Method: destroy it while it is open, once it is closed, and
// once more; then open. Expectation: kLocked and all data there; gone with its directory; kNotFound; a new, empty
// store.
TEST_P(Destroy, RemovesFilesAndDirectory) {
  make_store(disk_.fs(), options_);
  {
    const auto store = open_store(disk_.fs(), options_);
    EXPECT_EQ(destroy_code(disk_.fs(), options_), Code::kLocked);
    EXPECT_EQ(all(*store).size(), 60U);
  }
  options_.block_bytes = 0;  // not looked at
  ASSERT_TRUE(Store::destroy(disk_.fs(), options_).ok());
  EXPECT_EQ(disk_.fs().list("").value(), std::vector<std::string>{});
  EXPECT_EQ(destroy_code(disk_.fs(), options_), Code::kNotFound);
  const auto store = open_store(disk_.fs(), small_options());
  EXPECT_TRUE(store->recovery().created);
  EXPECT_EQ(all(*store), Session::Pairs{});
}

// Goal: only a store's own files go. Method: a foreign file beside a store's; a directory with a foreign file alone; a
// file; an empty directory; what a creation left. Expectation: the foreign file stays, with the directory, and destroy
// succeeds; kNotAStore for the next two, untouched; the last two go.
TEST_P(Destroy, ForeignFilesStay) {
  vfs::FileSystem& fs = disk_.fs();
  make_store(fs, options_);
  ASSERT_TRUE(vfs::write_new_file(fs, "store/photo.jpg", "jpg").ok());
  ASSERT_TRUE(Store::destroy(fs, options_).ok());
  EXPECT_EQ(fs.list("store").value(), std::vector<std::string>{"photo.jpg"});
  EXPECT_EQ(destroy_code(fs, options_), Code::kNotAStore);
  EXPECT_EQ(fs.list("store").value(), std::vector<std::string>{"photo.jpg"});
  options_.data_dir = "store/photo.jpg";
  EXPECT_EQ(destroy_code(fs, options_), Code::kNotAStore);
  options_.data_dir = "";
  EXPECT_EQ(destroy_code(fs, options_), Code::kInvalidArgument);
  options_.data_dir = "empty";
  ASSERT_TRUE(fs.make_directory("empty").ok());
  EXPECT_TRUE(Store::destroy(fs, options_).ok());
  options_.data_dir = "half";
  ASSERT_TRUE(fs.make_directory("half").ok());
  ASSERT_TRUE(vfs::write_new_file(fs, "half/manifest-1.jsonl", "half").ok());
  ASSERT_TRUE(vfs::write_new_file(fs, "half/CURRENT.new", "half").ok());
  EXPECT_TRUE(Store::destroy(fs, options_).ok());
  EXPECT_EQ(fs.list("").value(), std::vector<std::string>{"store"});
}

// Goal: the path of a user works too. Method: a store under an absolute path; by a symbolic link; the working
// directory. Expectation: it is gone, its parent is not; likewise; refused.
TEST(DestroyOnDisk, ByPath) {
  const Scratch scratch;
  Options options = small_options();
  options.data_dir = scratch.path("mine/");
  {
    auto store = Store::open(options);
    ASSERT_TRUE(store.ok());
    EXPECT_EQ(Store::destroy(options).error().code(), Code::kLocked);
  }
  EXPECT_TRUE(Store::destroy(options).ok());
  EXPECT_EQ(tree_of(scratch.path("")).size(), 0U);
  EXPECT_EQ(Store::destroy(options).error().code(), Code::kNotFound);
  ASSERT_TRUE(Store::open(options).ok());
  std::filesystem::create_directory_symlink(scratch.path("mine"), scratch.path("link"));
  options.data_dir = scratch.path("link");
  EXPECT_TRUE(Store::destroy(options).ok());
  EXPECT_FALSE(std::filesystem::exists(scratch.path("mine")));
  EXPECT_EQ(Store::destroy(options).error().code(), Code::kNotFound);
  options.data_dir = ".";
  EXPECT_EQ(Store::destroy(options).error().code(), Code::kInvalidArgument);
}

// A store whole, a clear refusal that names destruction, or a new store; then destroy ends it.
void expect_clear(faultfs::Disk disk, const std::string& what) {
  faultfs::SimFileSystem fs(disk);
  {
    faultfs::Disk copy = disk;
    faultfs::SimFileSystem looked_at(copy);
    const auto store = Store::open(looked_at, small_options());
    if (store.ok()) {
      EXPECT_EQ(all(**store).size(), (*store)->recovery().created ? 0U : 60U) << what;
    } else {
      EXPECT_EQ(store.error().code(), Code::kCorruption) << what << ": " << store.error().to_string();
      EXPECT_NE(store.error().message().find("destruction"), std::string::npos) << store.error().to_string();
    }
  }
  const Status again = Store::destroy(fs, small_options());
  EXPECT_TRUE(again.ok() || again.error().code() == Code::kNotFound) << what << ": " << again.error().to_string();
  EXPECT_EQ(fs.list("").value(), std::vector<std::string>{}) << what;
}

// Goal: a destruction may end anywhere. Method: the disk at every call of one, after a kill, a power loss that keeps
// nothing undurable, and random ones under each order of names. Expectation: as above: never half a store.
TEST(DestroyCrashes, LeaveAStoreOrNone) {
  KeepNothing keep_nothing;
  faultfs::Disk disk;
  {
    faultfs::SimFileSystem fs(disk);
    make_store(fs, small_options());
  }
  disk = faultfs::process_kill(disk);
  EveryImage seen(disk);
  {
    faultfs::SimFileSystem fs(disk, &seen);
    ASSERT_TRUE(Store::destroy(fs, small_options()).ok());
  }
  const std::vector<faultfs::Disk> images = seen.images();
  EXPECT_GT(images.size(), 10U);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::string what = "at call " + std::to_string(i);
    expect_clear(faultfs::process_kill(images[i]), what + ", killed");
    expect_clear(faultfs::power_loss(images[i], faultfs::NameOrder::kPosix, keep_nothing), what + ", nothing kept");
    for (const auto order :
         {faultfs::NameOrder::kOrdered, faultfs::NameOrder::kReordering, faultfs::NameOrder::kPosix}) {
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        faultfs::RandomChooser chooser(Random(seed * 1000 + i));
        expect_clear(faultfs::power_loss(images[i], order, chooser), what + ", seed " + std::to_string(seed));
      }
    }
  }
}

}  // namespace
}  // namespace mylonite::testing
