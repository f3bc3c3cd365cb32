// Stores for tests: on a simulated disk or on the real one, and with threads and clocks simulated where wanted.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/store.h>

#include "core/vfs/posix.h"
#include "core/vfs/util.h"
#include "sim/machine/scheduler.h"
#include "tests/support/scratch.h"

namespace mylonite::testing {

class TestDisk {
 public:
  explicit TestDisk(bool real) {
    if (real) {
      scratch_ = std::make_unique<Scratch>();
      fs_ = std::move(vfs::open_posix(scratch_->path("")).value());
    } else {
      fs_ = std::make_unique<faultfs::SimFileSystem>(disk_);
    }
  }
  vfs::FileSystem& fs() { return *fs_; }

 private:
  faultfs::Disk disk_;
  std::unique_ptr<Scratch> scratch_;
  std::unique_ptr<vfs::FileSystem> fs_;
};

inline Options small_options() {
  Options options;
  options.data_dir = "store";
  options.memtable_max_bytes = 4096;
  options.wal_file_rotate_bytes = 4096;
  options.sstable_max_bytes = 2048;
  options.manifest_rotate_bytes = 4096;
  options.block_bytes = 256;
  return options;
}

// On the real disk and on a simulated one: INSTANTIATE_TEST_SUITE_P(Disks, X, ::testing::Bool(), disk_name).
class OnEachDisk : public ::testing::TestWithParam<bool> {
 protected:
  TestDisk disk_{GetParam()};
  Options options_ = small_options();
};
inline std::string disk_name(const ::testing::TestParamInfo<bool>& real) { return real.param ? "real" : "simulated"; }

// Of a power loss: nothing survives that is not durable.
class KeepNothing final : public faultfs::Chooser {
  faultfs::Fate choose(const faultfs::Unit&, std::span<const faultfs::FateKind> legal) override {
    return {.kind = legal.size() > 1 ? legal[1] : legal[0]};
  }
};

inline std::unique_ptr<Store> open_store(vfs::FileSystem& fs, const Options& options,
                                         EventListener* listener = nullptr) {
  auto store = Store::open(fs, options, listener);
  EXPECT_TRUE(store.ok()) << store.error().to_string();
  return store.ok() ? std::move(*store) : nullptr;
}

inline Code open_code(vfs::FileSystem& fs, const Options& options) {
  auto store = Store::open(fs, options);
  EXPECT_FALSE(store.ok()) << "opens";
  return store.ok() ? Code::kClosed : store.error().code();
}

inline Timestamp put(Store& store, std::string_view key, std::string_view value) {
  const auto at = store.put(key, value);
  EXPECT_TRUE(at.ok()) << at.error().to_string();
  return at.ok() ? *at : Timestamp{};
}

inline std::optional<std::string> get(Store& store, std::string_view key, const ReadOptions& options = {}) {
  auto value = store.get(key, options);
  EXPECT_TRUE(value.ok()) << value.error().to_string();
  return value.ok() ? *value : std::nullopt;
}

inline Session::Pairs all(Store& store, const ReadOptions& options = {}) {
  auto pairs = store.range({}, options);
  EXPECT_TRUE(pairs.ok()) << pairs.error().to_string();
  return pairs.ok() ? *pairs : Session::Pairs();
}

// Puts other bytes in the place of a file, synced.
inline void replace_file(vfs::FileSystem& fs, const std::string& path, std::string_view bytes) {
  ASSERT_TRUE(fs.remove(path).ok());
  ASSERT_TRUE(vfs::write_new_file(fs, path, bytes).ok());
}

inline std::vector<std::string> names_of(vfs::FileSystem& fs, std::string_view prefix) {
  std::vector<std::string> found;
  const std::vector<std::string> names = fs.list("store").value();
  for (const std::string& name : names) {
    if (name.starts_with(prefix)) found.push_back(name);
  }
  return found;
}

// Runs the program on simulated threads under the given clock.
inline void run_simulated(sim::VirtualClock& clock, const std::function<void()>& program) {
  sim::StackPool stacks;
  sim::Trace trace;
  sim::DefaultSchedule schedule;
  sim::FiberScheduler scheduler({stacks, clock, trace}, schedule, {});
  const sim::RunOutcome outcome = scheduler.run(program);
  EXPECT_EQ(outcome.end, sim::RunEnd::kFinished) << outcome.story;
}

}  // namespace mylonite::testing
