// Expiry: the oldest tables leave the tree, and what was written up to their newest stamp is gone for every read.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "core/rt/rt.h"
#include "core/store/internals.h"
#include "core/version/manifest.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

std::string beginning_of(Store& store, std::string_view key) {
  const auto value = get(store, key);
  return value ? value->substr(0, value->find('.')) : "absent";
}

class Expiry : public OnEachDisk {
 protected:
  Expiry() { options_.compaction_policy = "none"; }
  // A run of level 0 with these keys, each twice as long as a table may be.
  static void make_run(Store& store, const std::vector<std::string>& keys, const std::string& value) {
    for (const std::string& key : keys) put(store, key, value + std::string(200, '.'));
    ASSERT_TRUE(store.flush().ok());
  }
  static void await_expiries(const Store& store, std::uint64_t count) {
    while (store.stats().expiries < count) rt::sleep_until(rt::monotonic_ns() + 1'000'000);
  }
  static std::string beginning(const std::optional<std::string>& value) {
    return value ? value->substr(0, value->find('.')) : "absent";
  }
};
INSTANTIATE_TEST_SUITE_P(Disks, Expiry, ::testing::Bool(), disk_name);

// Goal: what has expired is gone, whatever holds it. Method: an old version of a key in a deeper level, which no table
// that expires holds, and a newer one in a run that expires; gets, both scans, and reads of the past; reopened twice,
// also by a policy that merges. Expectation: neither version is seen, the rest is; history begins behind it.
TEST_P(Expiry, HidesWhatIsOlderEverywhere) {
  Timestamp old_stamp;
  {
    const auto store = open_store(disk_.fs(), options_);
    make_run(*store, {"a", "b", "z"}, "first");
    ASSERT_TRUE(store->compact_level(0).ok());
    make_run(*store, {"a"}, "second");
    old_stamp = put(*store, "c", "third");
    make_run(*store, {"d"}, "third");
    make_run(*store, {"e"}, "fourth");
    EXPECT_EQ(all(*store).size(), 6U);
    ASSERT_TRUE(store->remove("z").ok());
    ASSERT_TRUE(store->set_compaction_policy("fifo:bytes=1").ok());
    await_expiries(*store, 1);
    EXPECT_EQ(beginning(get(*store, "a")), "absent");
    EXPECT_EQ(beginning(get(*store, "c")), "absent");
    EXPECT_EQ(beginning(get(*store, "e")), "fourth");
    const Session::Pairs left = all(*store);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left.front().first, "e");
    EXPECT_EQ(store->get("a", {.as_of = old_stamp}).error().code(), Code::kOutOfRange);
    EXPECT_GE(store->history_floor(), old_stamp);
    EXPECT_GE(store->stats().expired_through, old_stamp.ticks);
    EXPECT_TRUE(store->compactions().back().expires());
    ASSERT_TRUE(store->close().ok());
  }
  options_.compaction_policy = "full";
  for (int open = 0; open < 2; ++open) {
    const auto store = open_store(disk_.fs(), options_);
    EXPECT_EQ(all(*store).size(), 1U);
    EXPECT_GE(store->stats().expired_through, old_stamp.ticks);
    make_run(*store, {"f"}, "later");
    ASSERT_TRUE(store->compact_level(0).ok());
    EXPECT_EQ(beginning(get(*store, "f")), "later");
    ASSERT_TRUE(store->remove("f").ok());
    ASSERT_TRUE(store->close().ok());
  }
}

// Goal: expiry is an edge in stamps, not in tables. Method: of two runs only the newer one's table is named by a policy
// of the test. Expectation: the older run's data is gone with it, though its table is there, and a merge then drops it.
TEST_P(Expiry, GoesByStamps) {
  std::atomic<bool> expire{false};
  StoreComponents mine;
  mine.compaction_policies.push_back({.name = "second",
                                      .what = "lets the second run of level 0 expire",
                                      .rank =
                                          [&](const PolicyView& view) {
                                            Ranking ranking{.pressure = kNoPressure};
                                            ranking.triggers.push_back({.what = "asked"});
                                            if (expire && !view.levels.empty() && view.levels[0].runs.size() == 3)
                                              ranking.candidates.push_back({});
                                            return ranking;
                                          },
                                      .plan =
                                          [](const PolicyView& view, const CompactionCandidate&) {
                                            const auto& second = view.levels[0].runs[1];
                                            CompactionJob job{.inputs = {{.level = 0, .run = second.id, .tables = {}}},
                                                              .expire = true};
                                            for (const TableInfo& table : second.tables)
                                              job.inputs[0].tables.push_back(table.number);
                                            return PlannedJob{.job = std::move(job)};
                                          }});
  options_.compaction_policy = "second";
  auto opened = Store::open(disk_.fs(), options_, std::move(mine));
  ASSERT_TRUE(opened.ok());
  Store& store = **opened;
  make_run(store, {"a", "b"}, "oldest");
  make_run(store, {"b"}, "second");
  make_run(store, {"aa"}, "newest");
  auto cursor = store.session().iterator();
  ASSERT_TRUE(cursor.ok());
  expire = true;
  put(store, "d", "fresh");
  ASSERT_TRUE(store.set_compaction_policy("second").ok());  // asks it again
  await_expiries(store, 1);
  expire = false;
  EXPECT_EQ(beginning(get(store, "a")), "absent");
  EXPECT_EQ(beginning(get(store, "b")), "absent");
  EXPECT_EQ(all(store).size(), 2U);
  std::size_t shown = 0;
  for ((*cursor)->seek_to_first(); (*cursor)->valid(); (*cursor)->next()) ++shown;
  EXPECT_EQ(shown, 3U) << "a cursor shows what was there when it was made";
  EXPECT_EQ(store.levels()[0].runs.size(), 2U);
  EXPECT_EQ(store.compactions().back().dropped, 1U);
  const auto why = store.session().explain("a");
  ASSERT_TRUE(why.ok());
  EXPECT_EQ(why->steps.back().outcome, ReadStep::Outcome::kExpired);
  ASSERT_TRUE(store.compact_level(0).ok());
  std::uint64_t entries = 0;
  for (const Level& level : store.levels()) {
    for (const auto& run : level.runs) {
      for (const TableInfo& table : run.tables) entries += table.entries;
    }
  }
  EXPECT_EQ(entries, 1U) << "only aa: d is in memory";
}

// Goal: a snapshot stays as it is, and holds expiry up, no longer than it lives. Method: a snapshot, then a policy that
// lets all but the newest run expire. Expectation: nothing expires, and stats say why; after its release it does.
TEST_P(Expiry, WaitsForSnapshots) {
  const auto store = open_store(disk_.fs(), options_);
  make_run(*store, {"a"}, "first");
  {
    const auto snapshot = store->snapshot();
    ASSERT_TRUE(snapshot.ok());
    make_run(*store, {"b"}, "second");
    ASSERT_TRUE(store->set_compaction_policy("fifo:bytes=1").ok());
    while (store->stats().merges_refused.empty()) rt::sleep_until(rt::monotonic_ns() + 1'000'000);
    EXPECT_NE(store->stats().merges_refused.find("snapshot"), std::string::npos) << store->stats().merges_refused;
    EXPECT_EQ(beginning(get(*store, "a", snapshot->read())), "first");
    EXPECT_EQ(store->stats().expiries, 0U);
  }
  await_expiries(*store, 1);
  EXPECT_EQ(beginning(get(*store, "a")), "absent");
  EXPECT_TRUE(store->snapshot().ok());
}

// Goal: by bytes no more goes than must. Method: the table that stands deepest got the newest entry of all by a merge;
// one byte too much. Expectation: of the two runs above it the older one goes, and nothing else.
TEST_P(Expiry, TakesTheOldestWhereverItStands) {
  const auto store = open_store(disk_.fs(), options_);
  make_run(*store, {"a"}, "first");
  ASSERT_TRUE(store->compact_level(0).ok());
  make_run(*store, {"b1", "b2", "b3"}, "second");
  make_run(*store, {"c1", "c2", "c3"}, "third");
  put(*store, "a", "fourth.");
  ASSERT_TRUE(store->compact_range({.low = "a", .high = "b"}).ok());
  ASSERT_EQ(store->levels().size(), 2U);
  std::uint64_t bytes = 0;
  for (const LevelStats& level : store->stats().levels) bytes += level.bytes;
  ASSERT_TRUE(store->set_compaction_policy("fifo:bytes=" + std::to_string(bytes - 1)).ok());
  await_expiries(*store, 1);
  EXPECT_EQ(all(*store).size(), 4U);
  EXPECT_EQ(beginning(get(*store, "a")), "fourth");
  EXPECT_EQ(beginning(get(*store, "c3")), "third");
}

// Goal: a clock that cannot be right lets nothing expire. Method: simulated threads; the clock jumps beyond all stamps,
// and the policy is asked again. Expectation: all is there; a second after the clock is back it has expired.
TEST(ExpiryClock, AnUnusableClockShowsNoAge) {
  sim::VirtualClock clock(1'000'000 * kTicksPerSecond);
  TestDisk disk(false);
  run_simulated(clock, [&] {
    Options options = small_options();
    options.compaction_policy = "fifo:bytes=0,ttl=10";
    const auto store = open_store(disk.fs(), options);
    put(*store, "a", "first");
    ASSERT_TRUE(store->flush().ok());
    clock.jump(1LL << 57);
    put(*store, "b", "second");
    ASSERT_TRUE(store->flush().ok());
    rt::sleep_until(rt::monotonic_ns() + 1'000'000'000);
    EXPECT_EQ(all(*store).size(), 2U);
    EXPECT_EQ(store->stats().expiries, 0U);
    clock.jump(-(1LL << 57) + 20 * static_cast<std::int64_t>(kTicksPerSecond));
    put(*store, "c", "third");
    ASSERT_TRUE(store->flush().ok());
    while (store->stats().expiries == 0) rt::sleep_until(rt::monotonic_ns() + 1'000'000'000);
    EXPECT_EQ(beginning_of(*store, "a"), "absent");
    ASSERT_TRUE(store->close().ok());
  });
}

// Goal: data does not outlive its time by more than a run's. Method: ttl of a second, on the real clock. Expectation: a
// run expires by itself, with nobody writing.
TEST_P(Expiry, ComesByItself) {
  options_.compaction_policy = "fifo:ttl=1";
  const auto store = open_store(disk_.fs(), options_);
  make_run(*store, {"a"}, "first");
  await_expiries(*store, 1);
  EXPECT_TRUE(all(*store).empty());
  EXPECT_TRUE(store->levels().empty());
  put(*store, "a", "again");
  EXPECT_EQ(beginning(get(*store, "a")), "again");
}

// Goal: a program that knows no expiry does not read what has expired. Method: the manifest before the first expiry and
// after it. Expectation: format 1, then 2.
TEST_P(Expiry, RaisesTheFormat) {
  const auto format = [&] {
    const std::string name = names_of(disk_.fs(), "manifest-").back();
    const std::string text = vfs::read_whole_file(disk_.fs(), "store/" + name).value();
    return text.substr(text.find("\"format\":") + 9, 1);
  };
  const auto store = open_store(disk_.fs(), options_);
  make_run(*store, {"a"}, "first");
  make_run(*store, {"b"}, "second");
  EXPECT_EQ(format(), "1");
  ASSERT_TRUE(store->set_compaction_policy("fifo:bytes=1").ok());
  await_expiries(*store, 1);
  EXPECT_EQ(format(), "2");
}

}  // namespace
}  // namespace mylonite::testing
