#include "core/compaction/drop_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <mylonite/random.h>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

// Keys are a..f, stamps 1..kStamps; each stamp is given to one operation only.
constexpr std::uint64_t kStamps = 12;

std::string key_name(std::uint64_t key) { return std::string(1, static_cast<char>('a' + key)); }

struct History {
  std::map<std::string, std::map<Timestamp, Kind, std::greater<>>> versions;  // of each key, newest first
  std::vector<RangeTombstone> ranges;

  // The stamp of the put that a reader sees.
  std::optional<Timestamp> visible(const std::string& key, const ReadMoment& moment) const {
    const Timestamp at = moment.at;
    Timestamp covered = kTimestampMin;
    for (const RangeTombstone& each : ranges) {
      if (each.low <= key && key < each.high && each.at <= at) covered = std::max(covered, each.at);
    }
    const auto found = versions.find(key);
    if (found == versions.end()) return std::nullopt;
    const auto newest = found->second.lower_bound(at);
    if (newest == found->second.end() || newest->second != Kind::kPut || newest->first < covered) return std::nullopt;
    if (newest->first <= moment.expired_through) return std::nullopt;
    return newest->first;
  }
};

History random_history(Random& random, std::uint64_t first, std::uint64_t last) {
  History history;
  for (std::uint64_t stamp = first; stamp <= last; ++stamp) {
    const std::uint64_t kind = random.below(6);
    if (kind == 0) {
      const std::uint64_t low = random.below(5);
      const std::uint64_t high = random.between(low + 1, 6);
      history.ranges.push_back({.low = key_name(low), .high = key_name(high), .at = Timestamp{stamp}});
    } else {
      const std::string key = key_name(random.below(6));
      history.versions[key][Timestamp{stamp}] = kind == 1 ? Kind::kDelete : Kind::kPut;
    }
  }
  return history;
}

History filtered(const DropRule& rule, const History& history, Dropped& dropped) {
  const RangeTombstones all(history.ranges);
  History after;
  after.ranges = surviving(rule, all, dropped).list();
  DropFilter filter(rule, all, dropped);
  for (const auto& [key, versions] : history.versions) {
    for (const auto& [at, kind] : versions) {
      if (filter.keeps(internal_key(key, at, kind))) after.versions[key][at] = kind;
    }
  }
  return after;
}

History together(const History& a, const History& b) {
  History both = a;
  for (const auto& [key, versions] : b.versions) both.versions[key].insert(versions.begin(), versions.end());
  both.ranges.insert(both.ranges.end(), b.ranges.begin(), b.ranges.end());
  return both;
}

// The keys that the older data holds, as the engine knows them: by ranges.
KeyRanges ranges_of(const History& older) {
  std::vector<std::string> names;
  for (const auto& [key, versions] : older.versions) names.push_back(key);
  std::vector<KeyRange> ranges;
  for (const std::string& name : names) ranges.push_back({.low = name, .high = name});
  for (const RangeTombstone& each : older.ranges) {
    ranges.push_back({.low = each.low, .high = each.high, .high_included = false});
  }
  return KeyRanges(std::move(ranges));
}

struct Situation {
  History older;
  History inputs;
  DropRule rule;

  std::vector<Timestamp> readers() const {
    std::vector<Timestamp> all = rule.snapshots;
    for (std::uint64_t at = rule.floor.ticks; at <= kStamps + 1; ++at) all.push_back(Timestamp{at});
    return all;
  }
};

Situation random_situation(Random& random) {
  const std::uint64_t split = random.below(kStamps);
  Situation all;
  if (random.chance(2, 3)) all.older = random_history(random, 1, split);
  all.inputs = random_history(random, split + 1, kStamps);
  all.rule.floor = Timestamp{random.below(kStamps + 2)};
  if (random.chance(1, 3)) all.rule.expired_through = Timestamp{random.below(all.rule.floor.ticks + 1)};
  const std::uint64_t one_in = random.chance(1, 4) ? UINT64_MAX : random.between(1, 6);
  for (std::uint64_t at = all.rule.expired_through.ticks; at < all.rule.floor.ticks; ++at) {
    if (random.chance(1, one_in)) all.rule.snapshots.push_back(Timestamp{at});
  }
  all.rule.tombstones_until = Timestamp{random.below(kStamps + 2)};
  all.rule.older = ranges_of(all.older);
  return all;
}

// Goal: nobody sees a difference. Method: random histories, floors, snapshots, retentions and older data; every reader
// at a snapshot or from the floor on, over the inputs and the older data. Expectation: the same before and after; below
// a retention nothing is needed for it; and filtering twice drops nothing more.
TEST(DropRule, ReadersSeeTheSame) {
  Random random(1);
  std::uint64_t dropped_ever = 0;
  for (int i = 0; i < 40'000; ++i) {
    const Situation each = random_situation(random);
    Dropped dropped;
    const History after = filtered(each.rule, each.inputs, dropped);
    const History before_all = together(each.inputs, each.older);
    const History after_all = together(after, each.older);
    for (std::uint64_t key = 0; key < 7; ++key) {
      for (const Timestamp at : each.readers()) {
        const ReadMoment moment{at, each.rule.expired_through};
        ASSERT_EQ(before_all.visible(key_name(key), moment), after_all.visible(key_name(key), moment))
            << "case " << i << " key " << key_name(key) << " at " << at.ticks;
      }
    }
    Dropped again;
    static_cast<void>(filtered(each.rule, after, again));
    ASSERT_EQ(again.entries, 0U) << "case " << i;
    dropped_ever += dropped.entries;
  }
  EXPECT_GT(dropped_ever, 30'000U);
}

bool superseded(const History& inputs, const std::string& key, Timestamp at, Timestamp reader) {
  for (const auto& [other, ignored] : inputs.versions.at(key)) {
    if (other > at && other <= reader) return true;
  }
  return std::ranges::any_of(inputs.ranges, [&](const RangeTombstone& range) {
    return range.low <= key && key < range.high && range.at > at && range.at <= reader;
  });
}

// What keeps an entry: a reader needs it; of a tombstone also retention, older data, or a reader before it.
bool needed(const Situation& each, const std::string& key, Timestamp at, Kind kind) {
  if (at > each.rule.floor) return true;
  if (at <= each.rule.expired_through) return false;
  const std::vector<Timestamp> readers = each.readers();
  const auto reader = std::ranges::find_if(readers, [&](Timestamp reads) { return reads >= at; });
  if (superseded(each.inputs, key, at, *reader)) return false;
  return kind == Kind::kPut || at > each.rule.tombstones_until || each.rule.older.holds(key) ||
         reader != readers.begin();
}

// Goal: what may be dropped is dropped. Method: as above; every kept entry and every key below a kept range delete.
// Expectation: each has a reason of its own, each dropped entry has none.
TEST(DropRule, NothingIsKeptWithoutReason) {
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const Situation each = random_situation(random);
    Dropped dropped;
    const History after = filtered(each.rule, each.inputs, dropped);
    for (const auto& [key, versions] : each.inputs.versions) {
      for (const auto& [at, kind] : versions) {
        const auto found = after.versions.find(key);
        const bool kept = found != after.versions.end() && found->second.contains(at);
        ASSERT_EQ(kept, needed(each, key, at, kind)) << "case " << i << " key " << key << " at " << at.ticks;
      }
    }
    const RangeTombstones ranges(after.ranges);
    for (const RangeTombstones::Fragment& fragment : ranges.fragments()) {
      std::set<Timestamp> readers;
      for (Timestamp at : fragment.stamps) {
        if (at > each.rule.floor) continue;
        ASSERT_TRUE(readers.insert(each.rule.first_reader(at)).second) << "case " << i;
        ASSERT_GT(at, each.rule.expired_through) << "case " << i;
        const KeyRange range{.low = fragment.low, .high = fragment.high, .high_included = false};
        const bool read_before = !each.rule.snapshots.empty() && each.rule.snapshots.front() < at;
        ASSERT_TRUE(at > each.rule.tombstones_until || read_before || each.rule.older.overlaps(range)) << "case " << i;
      }
    }
  }
}

// Goal: a snapshot keeps one version of a key, not all since. Method: puts at 4, 8, 12, 16 and 20, a floor of 18, and
// snapshots around them. Expectation: as the table says; a snapshot of a version's own stamp shows that version.
TEST(DropRule, ASnapshotKeepsWhatItShows) {
  using Stamps = std::vector<std::uint64_t>;
  struct Row {
    Stamps snapshots;
    Stamps kept;
  };
  for (const Row& row : {Row{{}, {20, 16}}, Row{{3}, {20, 16}}, Row{{4}, {20, 16, 4}}, Row{{7}, {20, 16, 4}},
                         Row{{8}, {20, 16, 8}}, Row{{9, 11}, {20, 16, 8}}, Row{{7, 15}, {20, 16, 12, 4}},
                         Row{{17}, {20, 16}}, Row{{4, 8, 12, 16}, {20, 16, 12, 8, 4}}}) {
    DropRule rule{.floor = Timestamp{18}, .tombstones_until = kTimestampMax, .older = {}};
    for (const std::uint64_t at : row.snapshots) rule.snapshots.push_back(Timestamp{at});
    History history;
    for (const std::uint64_t at : {4U, 8U, 12U, 16U, 20U}) history.versions["k"][Timestamp{at}] = Kind::kPut;
    Dropped dropped;
    History after = filtered(rule, history, dropped);
    Stamps kept;
    for (const auto& [at, kind] : after.versions["k"]) kept.push_back(at.ticks);
    EXPECT_EQ(kept, row.kept) << ::testing::PrintToString(row.snapshots);
  }
}

// Goal: a delete stays as long as a snapshot keeps what it hides. Method: a put at 4, then a delete or a range delete
// at 8, with retention passed; snapshots around them, a floor of 18. Expectation: with a snapshot before the delete it
// stays; else both go.
TEST(DropRule, ADeleteOutlivesWhatASnapshotShows) {
  for (const std::uint64_t snapshot : {3U, 4U, 7U, 8U, 9U}) {
    const DropRule rule{
        .floor = Timestamp{18}, .snapshots = {Timestamp{snapshot}}, .tombstones_until = kTimestampMax, .older = {}};
    History point{.versions = {{"k", {{Timestamp{4}, Kind::kPut}, {Timestamp{8}, Kind::kDelete}}}}, .ranges = {}};
    History range{.versions = {{"k", {{Timestamp{4}, Kind::kPut}}}},
                  .ranges = {{.low = "k", .high = "l", .at = Timestamp{8}}}};
    Dropped dropped;
    const auto points = filtered(rule, point, dropped).versions["k"];
    const History ranges = filtered(rule, range, dropped);
    const bool shown = snapshot >= 4 && snapshot < 8;
    EXPECT_EQ(points.contains(Timestamp{4}), shown) << snapshot;
    EXPECT_EQ(points.contains(Timestamp{8}), snapshot < 8) << snapshot;
    EXPECT_EQ(ranges.versions.contains("k"), shown) << snapshot;
    EXPECT_EQ(ranges.ranges.size(), snapshot < 8 ? 1U : 0U) << snapshot;
  }
}

// Goal: the floor at zero drops nothing at all. Method: random histories with everything else set to drop.
// Expectation: equal.
TEST(DropRule, NoFloorNoDrops) {
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    Situation each = random_situation(random);
    each.rule = {.floor = kTimestampMin, .tombstones_until = kTimestampMax, .older = {}};
    Dropped dropped;
    EXPECT_EQ(filtered(each.rule, each.inputs, dropped).versions, each.inputs.versions);
    EXPECT_EQ(dropped.entries, 0U);
  }
}

}  // namespace
}  // namespace mylonite
