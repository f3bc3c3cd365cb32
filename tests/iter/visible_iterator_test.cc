#include "core/iter/visible_iterator.h"

#include <gtest/gtest.h>

#include <map>

#include "core/iter/merging_iterator.h"
#include "tests/support/failing_iterator.h"
#include "tests/support/sources.h"

namespace mylonite {
namespace {

using testing::Entries;
using testing::Sources;
using Visible = std::map<std::string, std::string>;

// The definition: of each key within the bounds the newest entry not above the stamp, if it is a put.
Visible visible_of(const Entries& entries, Timestamp at, const KeyBounds& bounds) {
  Visible visible;
  for (const auto& [key, unused] : entries) {
    const std::string user_key(user_key_of(key));
    if (user_key < bounds.low || (bounds.high && user_key >= *bounds.high)) continue;
    const auto found = testing::newest(entries, user_key, at);
    if (found != entries.end() && parse_internal_key(found->first).kind == Kind::kPut)
      visible[user_key] = found->second;
  }
  return visible;
}

KeyBounds random_bounds(Random& random) {
  KeyBounds bounds;
  if (random.chance(1, 2)) bounds.low = testing::random_user_key(random);
  if (random.chance(1, 2)) bounds.high = testing::random_user_key(random);
  return bounds;
}

void expect_same_place(const VisibleIterator& cursor, const Visible& model, Visible::const_iterator place) {
  ASSERT_TRUE(cursor.status().ok());
  ASSERT_EQ(cursor.valid(), place != model.end());
  if (!cursor.valid()) return;
  ASSERT_EQ(printable(cursor.key()), printable(place->first));
  ASSERT_EQ(cursor.value(), place->second);
}

void walk(VisibleIterator& cursor, const Visible& model, Random& random, int steps) {
  auto place = model.end();
  for (int i = 0; i < steps; ++i) {
    const std::uint64_t choice = random.below(12);
    if (choice == 0) {
      cursor.seek_to_first();
      place = model.begin();
    } else if (choice == 1) {
      cursor.seek_to_last();
      place = model.empty() ? model.end() : std::prev(model.end());
    } else if (choice == 2 || place == model.end()) {
      const std::string target = testing::random_user_key(random);
      cursor.seek(target);
      place = model.lower_bound(target);
    } else if (random.chance(1, 2)) {
      cursor.next();
      ++place;
    } else {
      cursor.prev();
      place = place == model.begin() ? model.end() : std::prev(place);
    }
    ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, place)) << "step " << i;
  }
}

// Goal: the cursor shows exactly what is visible at its stamp within its bounds. Method: random entries with many
// versions and deletes over memtables and tables, random stamps and bounds (crossed ones included), random walks.
// Expect: cursor and definition agree at every step, both ways.
TEST(VisibleIterator, ShowsWhatIsVisible) {
  std::size_t shown = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const Entries entries = testing::random_entries(random, seed % 150, 12);
    const Sources sources(testing::deal(entries, 1 + seed % 4, random));
    const Timestamp at = seed % 10 == 0 ? kTimestampMax : Timestamp{random.below(14)};
    const KeyBounds bounds = random_bounds(random);
    const Visible model = visible_of(entries, at, bounds);
    shown += model.size();
    VisibleIterator cursor(std::make_unique<MergingIterator>(sources.iterators()), at, bounds);
    ASSERT_FALSE(cursor.valid());
    ASSERT_NO_FATAL_FAILURE(walk(cursor, model, random, 300)) << "seed " << seed;
  }
  EXPECT_GT(shown, 2000U);
}

// Goal: the whole range, once each way, for every stamp. Method: one set of entries, all stamps. Expect: the
// definition forward, and its reverse.
TEST(VisibleIterator, WalksTheWholeRangeAtEveryStamp) {
  Random random(77);
  const Entries entries = testing::random_entries(random, 400, 30);
  const Sources sources(testing::deal(entries, 3, random));
  for (std::uint64_t stamp = 0; stamp <= 31; ++stamp) {
    const Visible model = visible_of(entries, Timestamp{stamp}, {});
    VisibleIterator cursor(std::make_unique<MergingIterator>(sources.iterators()), Timestamp{stamp});
    auto place = model.begin();
    for (cursor.seek_to_first(); cursor.valid(); cursor.next(), ++place) {
      ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, place));
    }
    ASSERT_EQ(place, model.end());
    auto back = model.rbegin();
    for (cursor.seek_to_last(); cursor.valid(); cursor.prev(), ++back) {
      ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, std::prev(back.base())));
    }
    ASSERT_EQ(back, model.rend());
  }
}

// Goal: an error is never taken for the end, nor a hidden version shown because a newer one could not be read. Method:
// the source fails after each possible number of moves; walks both ways. Expect: the model up to some place, then not
// valid with the error, which may also come when all was shown and only the end was to be seen; seeks work again once
// the damage healed.
TEST(VisibleIterator, AnErrorIsNotTheEnd) {
  Random random(13);
  const Entries entries = testing::random_entries(random, 120, 8);
  const Visible model = visible_of(entries, kTimestampMax, {});
  ASSERT_GT(model.size(), 10U);
  const Sources sources(testing::deal(entries, 1, random));
  const auto left = std::make_shared<std::size_t>(0);
  VisibleIterator cursor(std::make_unique<testing::FailingIterator>(std::move(sources.iterators()[0]), left),
                         kTimestampMax);
  std::size_t whole = 0;
  for (std::size_t moves = 0; moves < 140; ++moves) {
    *left = moves;
    auto place = model.begin();
    for (cursor.seek_to_first(); cursor.valid(); cursor.next(), ++place) {
      ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, place));
    }
    ASSERT_TRUE(place == model.end() || !cursor.status().ok()) << moves;
    *left = moves;
    auto back = model.rbegin();
    for (cursor.seek_to_last(); cursor.valid(); cursor.prev(), ++back) {
      ASSERT_NO_FATAL_FAILURE(expect_same_place(cursor, model, std::prev(back.base())));
    }
    ASSERT_TRUE(back == model.rend() || !cursor.status().ok()) << moves;
    whole += cursor.status().ok() ? 1 : 0;
    *left = SIZE_MAX;
    ASSERT_NO_FATAL_FAILURE(walk(cursor, model, random, 20));
  }
  EXPECT_GT(whole, 0U);
}

}  // namespace
}  // namespace mylonite
