#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include <mylonite/faultfs/choice.h>

#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

// A disk with pending names, lengths and bytes.
Disk pending_disk(std::uint64_t seed) {
  Random random(seed);
  Disk disk;
  SimFileSystem fs(disk);
  for (const std::string name : {"a", "b", "c"}) {
    const auto file = create(fs, name, std::string(random.below(3000), 'o'));
    if (random.chance(1, 2)) ignore(file->sync(vfs::SyncKind::kDataAndSize), "without faults it succeeds");
    if (random.chance(1, 2)) ignore(fs.sync_directory(""), "without faults it succeeds");
    ignore(file->append(std::string(random.below(9000), 'n')), "without faults it succeeds");
  }
  return disk;
}

// Goal: fates can be written down. Method: every kind to text and back, and texts that are none.
// Expectation: the same fate; nothing for the others.
TEST(Fate, TextRoundTrip) {
  for (int kind = 0; kind < 9; ++kind) {
    const bool bare = kind < 2 || kind == 3 || kind == 4;
    const Fate fate{static_cast<FateKind>(kind), bare ? 0U : 4294967295U};
    EXPECT_EQ(fate_from_string(to_string(fate)), fate) << to_string(fate);
  }
  EXPECT_EQ(to_string({FateKind::kPrefix, 200}), "prefix:200");
  for (const char* bad : {"", "keep", "kept:1", "prefix", "prefix:", "prefix:-1", "prefix:1x", "prefix:4294967296"}) {
    EXPECT_FALSE(fate_from_string(bad).has_value()) << bad;
  }
}

// Goal: no fate is out of the random chooser's reach. Method: 500 images, fates counted by kind of unit.
// Expectation: every fate of every kind of unit.
TEST(RandomChooser, ReachesEveryFate) {
  std::set<std::pair<UnitKind, FateKind>> seen;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    RandomChooser random{Random(seed)};
    class Counting final : public Chooser {
     public:
      Counting(Chooser& inner, std::set<std::pair<UnitKind, FateKind>>& seen) : inner_(inner), seen_(seen) {}
      Fate choose(const Unit& unit, std::span<const FateKind> legal) override {
        const Fate fate = inner_.choose(unit, legal);
        EXPECT_NE(std::ranges::find(legal, fate.kind), legal.end());
        seen_.insert({unit.kind, fate.kind});
        return fate;
      }

     private:
      Chooser& inner_;
      std::set<std::pair<UnitKind, FateKind>>& seen_;
    } counting(random, seen);
    power_loss(pending_disk(seed), NameOrder::kReordering, counting);
  }
  EXPECT_EQ(seen.size(), 2U + 3U + 3U + 7U);
}

// Goal: a crash is its recorded deviations. Method: record random crashes, replay the lists; then add an unknown key
// and an illegal fate. Expectation: the same image hash and nothing unused; then both reported.
TEST(ReplayChooser, GivesTheSameImage) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Disk disk = pending_disk(seed);
    const NameOrder order = kOrders[seed % 3];
    RandomChooser random{Random(seed * 77)};
    RecordingChooser recorder(random);
    const std::uint64_t hash = power_loss(disk, order, recorder).hash();
    hashes.insert(hash);
    ReplayChooser replay(recorder.choices());
    ASSERT_EQ(power_loss(disk, order, replay).hash(), hash) << "seed " << seed;
    ASSERT_TRUE(replay.unused().empty());
  }
  EXPECT_GT(hashes.size(), 150U);
  Disk disk;
  SimFileSystem fs(disk);
  create(fs, "a", "");
  ReplayChooser replay({{"create a", {FateKind::kTorn}}, {"create zz", {FateKind::kLost}}});
  const Disk image = power_loss(disk, NameOrder::kPosix, replay);
  EXPECT_EQ(contents(image, "a"), "");
  EXPECT_EQ(replay.unused(), (std::vector<std::string>{"create a", "create zz"}));
}

// Goal: what is not listed may be somebody else's decision. Method: one name listed as kept, the rest lost.
TEST(ReplayChooser, LeavesTheRestToAnother) {
  class LosesAll final : public Chooser {
    Fate choose(const Unit&, std::span<const FateKind>) override { return {FateKind::kLost}; }
  };
  Disk disk;
  SimFileSystem fs(disk);
  create(fs, "a", "");
  create(fs, "b", "");
  LosesAll rest;
  ReplayChooser replay({{"create a", {FateKind::kKept}}}, &rest);
  const Disk image = power_loss(disk, NameOrder::kPosix, replay);
  EXPECT_TRUE(image.find("a"));
  EXPECT_FALSE(image.find("b"));
}

// Goal: fates made for other files go to units like them. Method: a file of another number; then one of another name.
TEST(AdaptingChooser, FatesGoToLikeUnits) {
  const std::vector<Choice> choices = {{"create wal-3.log", {FateKind::kLost}}};
  for (const auto& [name, lost] :
       {std::pair("wal-12.log", true), std::pair("wal-3.log", true), std::pair("sst-3", false)}) {
    Disk disk;
    SimFileSystem fs(disk);
    create(fs, name, "");
    AdaptingChooser adapting(choices, AdaptingChooser::Likeness::kSamePart);
    EXPECT_EQ(!power_loss(disk, NameOrder::kPosix, adapting).find(name), lost) << name;
  }
}

// Goal: parts of like files may be the same or any. Method: the second sector listed, the first asked for.
TEST(AdaptingChooser, PartsAreTheSameOrAny) {
  const std::vector<Choice> choices = {{"wal-3.log@sector 1", {FateKind::kLost}}};
  const std::vector<FateKind> legal = {FateKind::kKept, FateKind::kLost};
  const Unit first{.kind = UnitKind::kSector, .key = "wal-2.log@sector 0"};
  const Unit second{.kind = UnitKind::kSector, .key = "wal-2.log@sector 1"};
  AdaptingChooser same(choices, AdaptingChooser::Likeness::kSamePart);
  EXPECT_EQ(same.choose(first, legal), Fate{});
  EXPECT_EQ(same.choose(second, legal), Fate{FateKind::kLost});
  AdaptingChooser any(choices, AdaptingChooser::Likeness::kAnyPart);
  EXPECT_EQ(any.choose(first, legal), Fate{FateKind::kLost});
}

}  // namespace
}  // namespace mylonite::faultfs
