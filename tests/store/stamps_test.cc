#include <mylonite/faultfs/crash.h>

#include "core/version/manifest.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

constexpr std::uint64_t kNow = 17'000'000'000'000'000;  // about 2023
constexpr std::int64_t kHour = 3600 * static_cast<std::int64_t>(kTicksPerSecond);

struct Clocked : EventListener {
  void on_clock_unusable(std::uint64_t) override { ++unusable; }
  int unusable = 0;
};

// Goal: stamps ascend whatever the clock does. Method: the clock stands still, goes back, jumps, within one open store.
// Expectation: each stamp above the one before; where the clock runs well, the stamp is the clock.
TEST(Stamps, AscendUnderAnyClock) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  sim::VirtualClock clock(kNow);
  run_simulated(clock, [&] {
    const auto store = open_store(fs, small_options());
    Timestamp last;
    auto put_some = [&] {
      for (int i = 0; i < 200; ++i) {
        const Timestamp at = put(*store, "k", "v");
        ASSERT_GT(at, last);
        last = at;
      }
    };
    clock.freeze();
    put_some();
    EXPECT_LT(last.ticks, kNow + 10'000);
    clock.unfreeze();
    clock.jump(-5 * kHour);
    put_some();
    clock.jump(10 * kHour);
    put_some();
    EXPECT_GE(last.ticks, kNow + 5 * static_cast<std::uint64_t>(kHour));
    clock.advance(60'000'000'000);
    put_some();
    EXPECT_EQ(store->snapshot()->at(), last);
  });
}

// Goal: a stamp that was seen is never given again, even if its write was lost. Method: unsynced writes, then a power
// loss that keeps nothing unsynced and a clock set back an hour; many times over. Expectation: the first stamp after
// each reopening is above all that were ever seen.
TEST(Stamps, NeverReissuedAcrossPowerLosses) {
  faultfs::Disk disk;
  sim::VirtualClock clock(kNow);
  Options options = small_options();
  options.wal_flush_every_write = false;
  Timestamp last;
  for (int life = 0; life < 8; ++life) {
    {
      faultfs::SimFileSystem fs(disk);
      run_simulated(clock, [&] {
        auto store = open_store(fs, options);
        for (int i = 0; i < 20; ++i) {
          const Timestamp at = put(*store, "k", "v");
          ASSERT_GT(at, last) << "life " << life;
          last = at;
          clock.advance(static_cast<std::uint64_t>(life) * 400'000'000);  // beyond the ceiling in late lives
        }
        // The power goes now; what the process does on its way out counts for nobody.
        const std::vector<faultfs::Choice> none;
        class LoseAll final : public faultfs::Chooser {
          faultfs::Fate choose(const faultfs::Unit&, std::span<const faultfs::FateKind> legal) override {
            for (const faultfs::FateKind kind : legal) {
              if (kind == faultfs::FateKind::kLost) return {.kind = kind};
            }
            return {};
          }
        } chooser;
        faultfs::Disk after = faultfs::power_loss(disk, faultfs::NameOrder::kPosix, chooser);
        ASSERT_TRUE(store->close().ok());
        store.reset();
        disk = std::move(after);
      });
    }
    clock.jump(-kHour);
  }
}

// Goal: a clean close gives unused room back. Method: close and reopen at once under a frozen clock, several times.
// Expectation: stamps go on right behind the last, not behind the ceiling, which lies seconds ahead.
TEST(Stamps, CleanCloseGivesRoomBack) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  sim::VirtualClock clock(kNow);
  clock.freeze();
  run_simulated(clock, [&] {
    for (int life = 0; life < 10; ++life) {
      const auto store = open_store(fs, small_options());
      EXPECT_LT(put(*store, "k", "v").ticks, kNow + 100);
      ASSERT_TRUE(store->close().ok());
    }
  });
}

// Goal: a clock near the end of time does not use the stamps up. Method: the clock jumps to the last readings, then
// back. Expectation: told once; stamps go on one by one; with the clock they are fine again.
TEST(Stamps, ClockNearTheEndCountsAsFrozen) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  sim::VirtualClock clock(kNow);
  run_simulated(clock, [&] {
    Clocked events;
    const auto store = open_store(fs, small_options(), &events);
    const Timestamp before = put(*store, "k", "1");
    const auto far = static_cast<std::int64_t>(kTimestampMax.ticks - kNow);
    clock.jump(far);
    EXPECT_EQ(put(*store, "k", "2").ticks, before.ticks + 1);
    EXPECT_EQ(put(*store, "k", "3").ticks, before.ticks + 2);
    EXPECT_EQ(events.unusable, 1);
    clock.jump(-far + kHour);
    EXPECT_GE(put(*store, "k", "4").ticks, kNow + static_cast<std::uint64_t>(kHour));
    ASSERT_TRUE(store->close().ok());
    clock.jump(far);
    EXPECT_NE(open_store(fs, small_options()), nullptr);
  });
}

// Goal: exhaustion is loud and loses nothing. Method: a store whose ceiling leaves three stamps; write until refused;
// reopen. Expectation: three writes, then kExhausted for good; reads and closing work, then and after reopening.
TEST(Stamps, ExhaustionRefusesLoudly) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  ASSERT_TRUE(fs.make_directory("store").ok());
  Version version;
  version.next_file = FileNumber{3};
  version.first_log = FileNumber{2};
  version.ceiling = Timestamp{kTimestampMax.ticks - 3};
  ASSERT_TRUE(Manifest::create(fs, "store", FileNumber{1}, version).ok());
  for (int life = 0; life < 3; ++life) {
    const auto store = open_store(fs, small_options());
    for (int i = 0; i < 5; ++i) {
      const auto at = store->put(std::to_string(i), "v");
      if (life == 0 && i < 3) {
        ASSERT_TRUE(at.ok()) << at.error().to_string();
        EXPECT_EQ(at->ticks, kTimestampMax.ticks - 3 + static_cast<std::uint64_t>(i));
      } else {
        ASSERT_FALSE(at.ok()) << life << " " << i;
        EXPECT_EQ(at.error().code(), Code::kExhausted);
      }
    }
    EXPECT_EQ(all(*store), (Session::Pairs{{"0", "v"}, {"1", "v"}, {"2", "v"}}));
    EXPECT_TRUE(store->close().ok());
  }
}

}  // namespace
}  // namespace mylonite::testing
