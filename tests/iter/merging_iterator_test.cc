#include "core/iter/merging_iterator.h"

#include <gtest/gtest.h>

#include "tests/support/failing_iterator.h"
#include "tests/support/sources.h"

namespace mylonite {
namespace {

using testing::Entries;
using testing::Sources;

// Goal: a merge is the sorted map of its children's entries. Method: random entries dealt over 1 to 9 memtables and
// tables, a random walk with many changes of direction. Expect: cursor and map agree at every step.
TEST(MergingIterator, IteratesLikeASortedMap) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const Entries model = testing::random_entries(random, seed * 6, 20);
    const Sources sources(testing::deal(model, 1 + seed % 9, random));
    MergingIterator cursor(sources.iterators());
    ASSERT_FALSE(cursor.valid());
    ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 500)) << "seed " << seed;
  }
}

// Goal: a merge of nothing is empty. Method: no children. Expect: never valid, no error.
TEST(MergingIterator, OfNothingIsEmpty) {
  MergingIterator cursor({});
  ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, {}, Random(1), 20));
}

// Goal: equal keys in several children come once for each child, in the children's order. Method: children that share
// entries but not values; random steps against the list of (key, child). Expect: the list, in both directions.
TEST(MergingIterator, EqualKeysComeInTheChildrensOrder) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Random random(seed);
    std::vector<Entries> parts(4);
    std::vector<std::pair<std::string, std::string>> model;
    for (const auto& [key, unused] : testing::random_entries(random, 60, 5)) {
      for (std::size_t child = 0; child < parts.size(); ++child) {
        if (random.chance(1, 2)) continue;
        parts[child].emplace(key, std::to_string(child));
        model.emplace_back(key, std::to_string(child));
      }
    }
    const Sources sources(parts);
    MergingIterator cursor(sources.iterators());
    cursor.seek_to_first();
    for (std::size_t place = 0, step = 0; step < 1000; ++step) {
      ASSERT_TRUE(cursor.valid());
      ASSERT_EQ(cursor.key(), model[place].first);
      ASSERT_EQ(cursor.value(), model[place].second) << "seed " << seed << " step " << step;
      const bool forward = place == 0 || (place + 1 < model.size() && random.chance(1, 2));
      forward ? cursor.next() : cursor.prev();
      place = forward ? place + 1 : place - 1;
    }
  }
}

// Goal: a child's error ends the whole, and nothing is skipped before it. Method: one child fails after each possible
// number of moves; walks both ways, and turns. Expect: the model up to some place, then not valid with the error; a
// seek after the damage healed works again.
TEST(MergingIterator, AChildsErrorEndsTheWhole) {
  Random random(6);
  const Entries model = testing::random_entries(random, 80, 10);
  const Sources sources(testing::deal(model, 4, random));
  for (std::size_t moves = 0; moves < 45; ++moves) {
    const auto left = std::make_shared<std::size_t>(moves);
    auto children = sources.iterators();
    children[2] = std::make_unique<testing::FailingIterator>(std::move(children[2]), left);
    MergingIterator cursor(std::move(children));
    auto place = model.begin();
    for (cursor.seek_to_first(); cursor.valid(); cursor.next(), ++place) ASSERT_EQ(cursor.key(), place->first);
    ASSERT_TRUE(place == model.end() || !cursor.status().ok());
    *left = moves;
    auto back = model.rbegin();
    for (cursor.seek_to_last(); cursor.valid(); cursor.prev(), ++back) ASSERT_EQ(cursor.key(), back->first);
    ASSERT_TRUE(back == model.rend() || !cursor.status().ok());
    *left = moves;
    cursor.seek_to_first();
    for (int turn = 0; cursor.valid() && turn < 100; ++turn) {
      ASSERT_EQ(cursor.key(), turn % 2 == 0 ? model.begin()->first : std::next(model.begin())->first);
      turn % 2 == 0 ? cursor.next() : cursor.prev();
    }
    *left = SIZE_MAX;
    ASSERT_NO_FATAL_FAILURE(testing::walk(cursor, model, random, 20));
  }
}

}  // namespace
}  // namespace mylonite
