// What a run measures, against what can be counted otherwise.
#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "experiments/run/latencies.h"
#include "experiments/run/run.h"
#include "experiments/workload/phases.h"

namespace mylonite::experiments {
namespace {

RunFigures figures_of(std::string policy, std::string workload) {
  const RunSpec spec{.policy = std::move(policy),
                     .workload = std::move(workload),
                     .entries = 20'000,
                     .buffer_entries = 128,
                     .size_ratio = 4,
                     .base_buffers = 4};
  const auto result = run_spec(spec, standard_policies());
  EXPECT_TRUE(result.ok() && result->failure.empty());
  return result.ok() ? result->figures : RunFigures();
}

// Goal: percentiles are samples, none estimated. Method: 1 to 10,000 as reads, in a shuffled order, and one slow scan.
// Expectation: of each kind and of all, the sample of that rank.
TEST(LatenciesTest, ArePercentilesOfAllSamples) {
  Latencies latencies;
  for (std::uint64_t i = 0; i < 10'000; ++i) latencies.add(OperationKind::kRead, i * 7'919 % 10'000 + 1);
  latencies.add(OperationKind::kScan, 50'000);
  RunFigures figures;
  latencies.take(figures);
  EXPECT_EQ(figures.operations, 10'001U);
  EXPECT_EQ(figures.latency_p50_ns, 5'001U);
  EXPECT_EQ(figures.latency_p9999_ns, 10'000U);
  EXPECT_EQ(figures.latency_max_ns, 50'000U);
  ASSERT_EQ(figures.latencies.size(), 2U);
  EXPECT_EQ(figures.latencies[0], (KindLatency{.kind = "read",
                                               .operations = 10'000,
                                               .p50_ns = 5'000,
                                               .p99_ns = 9'900,
                                               .p999_ns = 9'990,
                                               .p9999_ns = 9'999,
                                               .max_ns = 10'000}));
  EXPECT_EQ(figures.latencies[1].kind, "scan");
  EXPECT_EQ(figures.latencies[1].p50_ns, 50'000U);
}

// Goal: reads that find nothing are told from others. Method: a workload of both, and one of absent keys only.
// Expectation: of absent keys, each table asked is asked in vain, and is excluded by its filter or passes it falsely.
TEST(MeasuringTest, ReadsThatFindNothing) {
  const RunFigures absent = figures_of("lo1", "empty");
  EXPECT_EQ(absent.gets, 20'000U);
  EXPECT_EQ(absent.gets_found, 0U);
  EXPECT_GT(absent.filter_false_positives, 0U);
  EXPECT_EQ(absent.filter_negatives + absent.filter_false_positives, absent.tables_probed);
  EXPECT_EQ(absent.tables_probed_in_vain, absent.tables_probed);
  EXPECT_EQ(absent.returned_bytes, 0U);
  EXPECT_LT(absent.blocks_read_bytes, absent.device_read_bytes);
  const RunFigures both = figures_of("lo1", "ycsb_a");
  EXPECT_EQ(both.gets_found, both.gets);
  EXPECT_EQ(both.tables_probed_in_vain, 0U);
  EXPECT_EQ(both.returned_bytes, both.gets * (16 + 112));
  // Blocks of 4 KiB, of which a merge under way at the end reads none for us.
  EXPECT_GT(both.blocks_read_bytes, both.blocks_read * 3'500);
  EXPECT_LT(both.blocks_read_bytes, both.blocks_read * 4'500);
  ASSERT_EQ(both.latencies.size(), 2U);
  EXPECT_EQ(both.latencies[0].operations + both.latencies[1].operations, both.operations);
}

// Goal: merges are measured one by one. Method: leveled runs. Expectation: percentiles lie in their order, and within
// what all merges wrote; time passed in each.
TEST(MeasuringTest, MergesOneByOne) {
  const RunFigures at = figures_of("lo1", "upd_u");
  EXPECT_GT(at.merge_p50_bytes, 0U);
  EXPECT_LE(at.merge_p50_bytes, at.merge_p99_bytes);
  EXPECT_LE(at.merge_p99_bytes, at.largest_merge_bytes);
  EXPECT_LE(at.merge_p50_bytes * (at.merges / 2), at.merge_bytes_out);
  EXPECT_LE(at.merge_ns_max, at.merge_ns_sum);
  EXPECT_LE(at.merge_ns_sum, at.merge_ns_max * at.merges);
  EXPECT_GT(at.debt_estimate_max, 0U);
  EXPECT_GE(at.space_amplification_max_milli * at.live_bytes_sum, at.table_bytes_sum * 1000);
}

// Goal: the time from a delete to its drop is right. Method: leveling, and a policy that seldom
// reaches the last level. Expectation: deletes that hide nothing any more are counted once at most, their age lies
// within the run, and the sum within what the mean and the most allow.
TEST(MeasuringTest, AgesOfDeletes) {
  for (const char* const policy : {"lo1", "lazy:T=4"}) {
    const RunFigures at = figures_of(policy, "del_10");
    const auto deletes = std::ranges::find(at.latencies, "delete", &KindLatency::kind);
    ASSERT_NE(deletes, at.latencies.end());
    EXPECT_GT(at.completed_deletes, 0U) << policy;
    EXPECT_LE(at.completed_deletes, deletes->operations) << policy;
    EXPECT_LE(at.delete_age_ms_max, at.duration_ns / 1'000'000) << policy;
    EXPECT_LE(at.delete_age_ms_sum, at.delete_age_ms_max * at.completed_deletes) << policy;
    EXPECT_GT(at.delete_age_ms_sum, 0U) << policy;
  }
}

}  // namespace
}  // namespace mylonite::experiments
