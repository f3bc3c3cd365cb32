// Range deletes through the store: in memory, in tables, through recovery, under snapshots.
#include <gtest/gtest.h>

#include <map>

#include <mylonite/random.h>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using Map = std::map<std::string, std::string>;

Map map_of(const Session::Pairs& pairs) { return {pairs.begin(), pairs.end()}; }

void apply_range(Map& map, const std::string& low, const std::string& high) {
  map.erase(map.lower_bound(low), map.lower_bound(high));
}

class Model {
 public:
  Model(Store& store, Random& random) : store_(store), random_(random) {}

  void step(Map& map) {
    const std::uint64_t draw = random_.below(20);
    if (draw < 2) {
      std::string low = key();
      std::string high = key();
      if (high < low) std::swap(low, high);
      ASSERT_TRUE(store_.remove_range(low, high).ok());
      apply_range(map, low, high);
    } else if (draw < 4) {
      const std::string gone = key();
      ASSERT_TRUE(store_.remove(gone).ok());
      map.erase(gone);
    } else if (draw == 4) {
      WriteBatch batch;
      const std::string inside = key();
      batch.put(inside, "hidden");
      batch.remove_range("", "~");
      map.clear();
      const std::string shown = key();
      batch.put(shown, "shown");
      map[shown] = "shown";
      ASSERT_TRUE(store_.write(batch).ok());
    } else {
      const std::string name = key();
      const std::string value = std::to_string(random_.next()) + std::string(random_.below(60), 'x');
      put(store_, name, value);
      map[name] = value;
    }
  }
  std::string key() { return "k" + std::to_string(100 + random_.below(60)); }

 private:
  Store& store_;
  Random& random_;
};

// Goal: range deletes hide what is older, and nothing else, wherever it lies. Method: random writes against a map, with
// memtables so small that all meets in tables; gets, scans both ways and a snapshot's view; reopened now and then.
// Expectation: equal at every look.
TEST(RangeDelete, HidesWhatIsOlder) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    TestDisk disk(false);
    Random random(seed);
    Map map;
    Options options = small_options();
    options.memtable_max_bytes = 2048;
    for (int life = 0; life < 4; ++life) {
      auto store = open_store(disk.fs(), options);
      ASSERT_EQ(map_of(all(*store)), map) << "seed " << seed;
      Model model(*store, random);
      const auto then = store->snapshot();
      const Map map_then = map;
      for (int i = 0; i < 150; ++i) {
        ASSERT_NO_FATAL_FAILURE(model.step(map));
        const std::string name = model.key();
        const auto found = map.find(name);
        ASSERT_EQ(get(*store, name), found == map.end() ? std::nullopt : std::optional(found->second))
            << "seed " << seed;
        if (random.chance(1, 20)) {
          ASSERT_TRUE(store->flush().ok());
        }
      }
      ASSERT_EQ(map_of(all(*store)), map);
      ASSERT_EQ(map_of(all(*store, then->read())), map_then);
      Session session = store->session();
      const auto cursor = session.iterator();
      Map backward;
      for ((*cursor)->seek_to_last(); (*cursor)->valid(); (*cursor)->prev()) {
        backward.emplace((*cursor)->key(), (*cursor)->value());
      }
      ASSERT_EQ(backward, map);
    }
  }
}

// Goal: nonsense is refused and nothing happens. Method: a backward range, an empty one. Expectation: said so.
TEST(RangeDelete, RefusesABackwardRange) {
  TestDisk disk(false);
  auto store = open_store(disk.fs(), small_options());
  put(*store, "b", "1");
  EXPECT_EQ(store->remove_range("c", "a").error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(store->remove_range("b", "b").ok());
  EXPECT_EQ(get(*store, "b"), "1");
}

}  // namespace
}  // namespace mylonite::testing
