// The profiles of name operations against a second, naive description of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "tests/faultfs/world.h"

namespace mylonite::faultfs {
namespace {

using Names = std::map<std::string, int>;  // which file a name leads to

struct Step {
  enum { kGive, kTake, kMove } what;
  int file;
  std::string name;
  std::string to;
};

void take(Names& names, const std::string& name, int file) {
  if (names.contains(name) && names[name] == file) names.erase(name);
}
void play(Names& names, const Step& step) {
  if (step.what == Step::kGive) names[step.name] = step.file;
  if (step.what == Step::kTake) take(names, step.name, step.file);
  if (step.what == Step::kMove) {
    names[step.to] = step.file;
    take(names, step.name, step.file);
  }
}

// A random history of one directory, played on a disk and written down.
struct History {
  Disk disk;
  Names durable;  // at the last directory sync
  Names visible;
  std::vector<Step> steps;   // since then
  std::vector<bool> forced;  // step persisted by a sync of its file (kReordering)
  std::size_t prefix = 0;    // steps persisted by a sync of some file (kOrdered)

  explicit History(std::uint64_t seed) {
    Random random(seed);
    SimFileSystem fs(disk);
    int files = 0;
    for (int i = 0; i < 14 && steps.size() < 8; ++i) one(random, fs, files);
  }

  void one(Random& random, SimFileSystem& fs, int& files) {
    static const std::string kNames[] = {"a", "b", "c"};
    const std::string name = kNames[random.below(3)];
    const std::string to = kNames[random.below(3)];
    const std::uint64_t what = random.below(12);
    const auto found = visible.find(name);
    if (found == visible.end()) {
      create(fs, name, fmt::format("{}", ++files));
      add({Step::kGive, files, name, ""});
    } else if (what < 3) {
      ASSERT_TRUE(fs.rename(name, to).ok());
      const auto target = visible.find(to);
      if (target == visible.end() || target->second != found->second) add({Step::kMove, found->second, name, to});
    } else if (what < 5) {
      ASSERT_TRUE(fs.remove(name).ok());
      add({Step::kTake, found->second, name, ""});
    } else if ((what == 5 || what > 8) && !visible.contains(to)) {
      ASSERT_TRUE(fs.link(name, to).ok());
      add({Step::kGive, found->second, to, ""});
    } else if (what == 6) {
      ASSERT_TRUE(fs.sync_directory("").ok());
      durable = visible;
      steps.clear();
      forced.clear();
      prefix = 0;
    } else if (what == 7) {
      ASSERT_TRUE(open_file(fs, name, vfs::OpenMode::kRead)->sync(vfs::SyncKind::kDataAndSize).ok());
      for (std::size_t at = 0; at < steps.size(); ++at) {
        if (steps[at].file != found->second || steps[at].what == Step::kTake) continue;
        forced[at] = true;
        prefix = std::max(prefix, at + 1);
      }
    }
  }
  void add(const Step& step) {
    play(visible, step);
    steps.push_back(step);
    forced.push_back(false);
  }

  std::set<Names> legal(NameOrder order) const {
    std::set<Names> images;
    for (std::uint64_t kept = 0; kept < (std::uint64_t{1} << steps.size()); ++kept) {
      bool allowed = true;
      for (std::size_t at = 0; at < steps.size(); ++at) {
        const bool keeps = (kept >> at & 1) != 0;
        if (order == NameOrder::kReordering && forced[at] && !keeps) allowed = false;
        if (order == NameOrder::kOrdered && at < prefix && !keeps) allowed = false;
        if (order == NameOrder::kOrdered && at > 0 && keeps && (kept >> (at - 1) & 1) == 0) allowed = false;
      }
      if (!allowed) continue;
      Names names = durable;
      for (std::size_t at = 0; at < steps.size(); ++at) {
        if ((kept >> at & 1) != 0) play(names, steps[at]);
      }
      images.insert(names);
    }
    return images;
  }
};

// Goal: each profile yields exactly its legal sets of names. Method: random histories of up to eight pending operations
// over three names; the legal sets from the naive model; images by coin flips over the name units, bytes kept.
// Expectation: every image is legal, and enough flips reach every legal one.
TEST(Profiles, YieldExactlyTheLegalNames) {
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    const History history(seed);
    for (const NameOrder order : kOrders) {
      std::set<Names> seen;
      Random coins(seed);
      for (int flip = 0; flip < 3000; ++flip) {
        ScriptedChooser chooser([&](const Unit& unit) -> Fate {
          const bool lost = unit.kind == UnitKind::kName && coins.chance(1, order == NameOrder::kOrdered ? 6 : 2);
          return {.kind = lost ? FateKind::kLost : FateKind::kKept};
        });
        Names names;
        for (const auto& [name, file] : tree(power_loss(history.disk, order, chooser))) names[name] = std::stoi(file);
        seen.insert(names);
        if (flip % 500 == 499 && seen == history.legal(order)) break;
      }
      ASSERT_EQ(seen, history.legal(order)) << "seed " << seed << " order " << static_cast<int>(order);
    }
  }
}

// Goal: the kinder profiles promise what the table in crash.h says across directories, and no more. Method: a name in
// the root, then a directory sync elsewhere; a name whose file had only a data sync; lose all.
// Expectation: where journals are ordered any directory's sync commits what came before; a data sync persists no name.
TEST(Profiles, SyncsElsewhereAndDataSyncs) {
  Disk disk;
  SimFileSystem fs(disk);
  ASSERT_TRUE(fs.make_directory("d").ok());
  create(fs, "a", "");
  ASSERT_TRUE(fs.sync_directory("d").ok());
  ASSERT_TRUE(create(fs, "b", "")->sync(vfs::SyncKind::kData).ok());
  ScriptedChooser lose = always(FateKind::kLost);
  const std::map<std::string, std::string> committed = {{"a", ""}, {"d/", ""}};
  EXPECT_EQ(tree(power_loss(disk, NameOrder::kOrdered, lose)), committed);
  EXPECT_TRUE(tree(power_loss(disk, NameOrder::kReordering, lose)).empty());
  EXPECT_TRUE(tree(power_loss(disk, NameOrder::kPosix, lose)).empty());
}

}  // namespace
}  // namespace mylonite::faultfs
