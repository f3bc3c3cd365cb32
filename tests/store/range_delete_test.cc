// Range deletes through the store: in memory, in tables, through recovery, under snapshots.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include <mylonite/faultfs/crash.h>
#include <mylonite/random.h>

#include "core/rt/rt.h"
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

// Hears what is stamped.
struct Hearing : EventListener {
  void on_stamped(Timestamp, const WriteBatch& batch) override { last = batch; }
  WriteBatch last;
};

// Goal: a range delete without an end takes every key from its first on, and leaves what comes later. Method: the
// longest key of 0xff and others, in tables and in memory; removed from a key on; keys put afterwards, in the same
// batch and in others; merged, reopened, killed. Expectation: what was before is gone, snapshots show it, what came
// later stays; what is logged is a range of two keys, the second just above the last that was there.
TEST(RangeDelete, ToTheEndOfAllKeys) {
  const std::string greatest(kKeyBytesMax, '\xff');
  for (const bool in_tables : {true, false}) {
    faultfs::Disk disk;
    const Session::Pairs expected = {{"a", "1"}, {"m", "batch"}, {"zz", "later"}};
    {
      faultfs::SimFileSystem fs(disk);
      Hearing hearing;
      const auto store = open_store(fs, small_options(), &hearing);
      for (const std::string_view key : {"a", "m", "q"}) put(*store, key, "1");
      put(*store, greatest, "1");
      if (in_tables) {
        ASSERT_TRUE(store->flush().ok());
      }
      const auto before = store->snapshot().value();
      WriteBatch batch;
      batch.put("z", "hidden");
      batch.remove_range("m", std::nullopt);
      batch.put("m", "batch");
      ASSERT_TRUE(store->write(batch).ok());
      const auto heard = hearing.last.operations();
      ASSERT_EQ(heard.size(), 2U);
      EXPECT_EQ(heard.at(0).high, greatest + std::string(1, '\0'));
      EXPECT_EQ(all(*store), (Session::Pairs{{"a", "1"}, {"m", "batch"}}));
      put(*store, "zz", "later");
      EXPECT_EQ(all(*store), expected);
      EXPECT_EQ(all(*store, before.read()).size(), 4U);
      ASSERT_TRUE(store->remove_range("zzz", std::nullopt).ok());
      if (in_tables) {
        ASSERT_TRUE(store->compact_range({}).ok());
      }
      EXPECT_EQ(all(*store), expected);
      const faultfs::Disk killed = faultfs::process_kill(disk);
      faultfs::Disk copy = killed;
      faultfs::SimFileSystem again(copy);
      EXPECT_EQ(all(*open_store(again, small_options())), expected);
      ASSERT_TRUE(store->close().ok());
    }
    faultfs::SimFileSystem fs(disk);
    EXPECT_EQ(all(*open_store(fs, small_options())), expected);
  }
}

// Goal: the end is where the keys end, not where those end that readers see. Method: writers put ever greater keys
// while another removes from a key on, on simulated threads, so that both meet in groups. Expectation: each write that
// returned before a removal began is gone with it; at the end a removal leaves nothing.
TEST(RangeDelete, ToTheEndAmongWriters) {
  sim::VirtualClock clock(1'000);
  run_simulated(clock, [&] {
    faultfs::Disk disk;
    faultfs::SimFileSystem fs(disk);
    const auto store = open_store(fs, small_options());
    for (int round = 0; round < 30; ++round) {
      std::vector<rt::Thread> writers;
      for (int i = 0; i < 3; ++i) {
        writers.emplace_back("writer", [&, i] { put(*store, "key" + std::to_string(1000 + round * 3 + i), "v"); });
      }
      Timestamp removed;
      writers.emplace_back("remover", [&] { removed = store->remove_range("key", std::nullopt).value(); });
      writers.clear();
      EXPECT_EQ(all(*store, {.as_of = removed}), Session::Pairs{});
    }
    ASSERT_TRUE(store->remove_range("", std::nullopt).ok());
    EXPECT_EQ(all(*store), Session::Pairs{});
  });
}

}  // namespace
}  // namespace mylonite::testing
