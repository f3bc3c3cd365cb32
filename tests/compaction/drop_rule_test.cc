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
};

Situation random_situation(Random& random) {
  const std::uint64_t split = random.below(kStamps);
  Situation all;
  if (random.chance(2, 3)) all.older = random_history(random, 1, split);
  all.inputs = random_history(random, split + 1, kStamps);
  all.rule.floor = Timestamp{random.below(kStamps + 2)};
  if (random.chance(1, 3)) all.rule.expired_through = Timestamp{random.below(all.rule.floor.ticks + 1)};
  all.rule.tombstones_until = Timestamp{random.below(kStamps + 2)};
  all.rule.older = ranges_of(all.older);
  return all;
}

// Goal: nobody sees a difference. Method: random histories, floors, retentions and older data; every reader from the
// floor on, over the inputs and the older data. Expectation: the same before and after; below a retention nothing is
// needed for it; and filtering twice drops nothing more.
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
      for (std::uint64_t at = each.rule.floor.ticks; at <= kStamps + 1; ++at) {
        const ReadMoment moment{Timestamp{at}, each.rule.expired_through};
        ASSERT_EQ(before_all.visible(key_name(key), moment), after_all.visible(key_name(key), moment))
            << "case " << i << " key " << key_name(key) << " at " << at;
      }
    }
    Dropped again;
    static_cast<void>(filtered(each.rule, after, again));
    ASSERT_EQ(again.entries, 0U) << "case " << i;
    dropped_ever += dropped.entries;
  }
  EXPECT_GT(dropped_ever, 40'000U);
}

// What keeps an entry: a reader from the floor on needs it, or it is a tombstone that retention or older data holds.
bool needed(const Situation& each, const std::string& key, Timestamp at, Kind kind) {
  if (at > each.rule.floor) return true;
  if (at <= each.rule.expired_through) return false;
  for (const auto& [other, ignored] : each.inputs.versions.at(key)) {
    if (other > at && other <= each.rule.floor) return false;
  }
  for (const RangeTombstone& range : each.inputs.ranges) {
    if (range.low <= key && key < range.high && range.at > at && range.at <= each.rule.floor) return false;
  }
  return kind == Kind::kPut || at > each.rule.tombstones_until || each.rule.older.holds(key);
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
    std::map<std::pair<std::string, std::string>, int> at_or_below_floor;
    const RangeTombstones ranges(after.ranges);
    for (const RangeTombstones::Fragment& fragment : ranges.fragments()) {
      int low_stamps = 0;
      for (Timestamp at : fragment.stamps) {
        if (at > each.rule.floor) continue;
        ++low_stamps;
        ASSERT_GT(at, each.rule.expired_through) << "case " << i;
        const KeyRange range{.low = fragment.low, .high = fragment.high, .high_included = false};
        ASSERT_TRUE(at > each.rule.tombstones_until || each.rule.older.overlaps(range)) << "case " << i;
      }
      ASSERT_LE(low_stamps, 1) << "case " << i;
    }
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
