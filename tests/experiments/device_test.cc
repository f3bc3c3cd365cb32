// The model of a device: when transfers are done.
#include "experiments/machine/device.h"

#include <memory>

#include <gtest/gtest.h>

#include <mylonite/file_system.h>

#include "core/rt/rt.h"
#include "experiments/machine/world.h"

namespace mylonite::experiments {
namespace {

constexpr DeviceProfile kSimple{.name = "simple",
                                .slots = 2,
                                .latency_ns = 1'000,
                                .turn_ns = 10,
                                .byte_ps = 1'000,
                                .request_bytes_max = 100,
                                .write_behind_bytes = 150,
                                .what = ""};

// Goal: latency overlaps, the server does not, slots bound what is in progress. Method: three requests at once.
// Expectation: by hand: a turn is 10 ns and 1 ns a byte; the third waits for the first one's slot.
TEST(DeviceTest, RequestsQueue) {
  Device device(kSimple);
  EXPECT_EQ(device.done_ns(0, 50), 60U + 1'000);
  EXPECT_EQ(device.done_ns(0, 50), 120U + 1'000);
  EXPECT_EQ(device.done_ns(0, 0), 1'060U + 10 + 1'000);
  EXPECT_EQ(device.done_ns(1'000'000, 40), 1'001'050U);
  EXPECT_EQ(device.busy_ns(), 60U + 60 + 10 + 50);
}

// Goal: a long transfer is several requests. Method: 250 bytes of at most 100. Expectation: the third one waits for a
// slot.
TEST(DeviceTest, LongTransfersAreSplit) {
  Device device(kSimple);
  EXPECT_EQ(device.done_ns(0, 250), 1'110U + 60 + 1'000);
}

// Goal: appends return at once until too much is on its way; a sync waits for its own file's bytes; a read waits.
// Method: a file on a simulated machine with this device, the clock read after each call.
TEST(TimedDiskTest, CallsTakeTheirTime) {
  World world(kSimple, {.name = "none", .what = ""});
  std::vector<std::uint64_t> at;
  const std::string stuck = world.run([&] {
    ASSERT_TRUE(world.files().make_directory("db").ok());
    const auto file = *world.files().open("db/wal-1.log", vfs::OpenMode::kCreateExclusive);
    const auto then = [&](const Status& done) {
      EXPECT_TRUE(done.ok());
      at.push_back(rt::monotonic_ns());
    };
    then(file->append(std::string(100, 'x')));  // on the device at 1110
    then(file->append(std::string(50, 'x')));   // at 1170; 150 bytes on their way: the limit
    then(file->append(std::string(50, 'x')));   // over it: waits for the first
    then(file->sync(vfs::SyncKind::kDataAndSize));
    char bytes[10];
    EXPECT_EQ(*file->read_at(0, bytes), 10U);
    at.push_back(rt::monotonic_ns());
    then(file->close());
  });
  EXPECT_EQ(stuck, "");
  ASSERT_EQ(at.size(), 6U);
  EXPECT_EQ(at[0], 0U);
  EXPECT_EQ(at[1], 0U);
  EXPECT_EQ(at[2], 1'110U);
  EXPECT_EQ(at[3], 2'170U + 10 + 1'000);  // its bytes are there at 2170: the third took the first one's slot
  EXPECT_EQ(at[4], at[3] + 20 + 1'000);
  EXPECT_EQ(at[5], at[4]);
  EXPECT_EQ(world.disk().traffic().appended("wal"), 200U);
  EXPECT_EQ(world.disk().traffic().read_bytes, 10U);
  EXPECT_EQ(world.disk().traffic().syncs, 1U);
}

}  // namespace
}  // namespace mylonite::experiments
