// What stats() tells, against what was done.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

// Goal: figures are those of what happened. Method: known writes and reads; then the three text forms. Expectation:
// exact counts where they are certain, consistent ones elsewhere; JSON parses, Prometheus lines have their form.
TEST(Stats, TellWhatHappened) {
  TestDisk disk(false);
  Options options = small_options();
  options.compaction_policy = "none";
  auto store = open_store(disk.fs(), options);
  for (int i = 0; i < 100; ++i) put(*store, "key" + std::to_string(100 + i), std::string(50, 'v'));
  ASSERT_TRUE(store->remove("key100").ok());
  ASSERT_TRUE(store->flush().ok());
  for (int i = 0; i < 100; ++i) get(*store, "key" + std::to_string(100 + i));
  for (int i = 0; i < 100; ++i) get(*store, "key" + std::to_string(100 + i) + "x");
  const auto held = store->snapshot();
  const StoreStats stats = store->stats();
  EXPECT_EQ(stats.writes, 101U);
  EXPECT_EQ(stats.operations, 101U);
  EXPECT_EQ(stats.user_bytes, 100U * 56 + 6);
  EXPECT_EQ(stats.gets, 200U);
  EXPECT_EQ(stats.gets_found, 99U);
  EXPECT_GT(stats.filter_negatives, 50U);
  EXPECT_GT(stats.tables_probed, stats.filter_negatives);
  EXPECT_GE(stats.tables_probed_in_vain, stats.filter_negatives + stats.filter_false_positives - stats.gets_found);
  EXPECT_LT(stats.tables_probed_in_vain, stats.tables_probed);
  EXPECT_GT(stats.block_cache_hits, 0U);
  EXPECT_EQ(stats.live_snapshots, 1U);
  EXPECT_GT(stats.flushes, 0U);
  ASSERT_EQ(stats.levels.size(), 1U);
  EXPECT_EQ(stats.levels[0].entries + stats.entries_dropped, 101U);
  EXPECT_EQ(stats.debt_bytes, stats.levels[0].runs >= 4 ? stats.levels[0].bytes : 0);
  EXPECT_EQ(stats.writes_stopped, "");

  const auto json = nlohmann::json::parse(stats.to_json());
  EXPECT_EQ(json["gets"], 200);
  EXPECT_EQ(json["levels"][0]["tables"], stats.levels[0].tables);
  const std::string metrics = stats.to_prometheus();
  EXPECT_NE(metrics.find("# TYPE mylonite_gets_total counter\nmylonite_gets_total 200\n"), std::string::npos);
  EXPECT_NE(metrics.find("mylonite_level_runs{level=\"0\"} "), std::string::npos);
  EXPECT_NE(stats.to_text().find("gets_found"), std::string::npos);
}

}  // namespace
}  // namespace mylonite::testing
