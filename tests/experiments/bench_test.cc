// mylonite-lab bench as a user runs it, tiny.
#include <gtest/gtest.h>

#include <string>

#include "experiments/bench/figures.h"
#include "experiments/bench/workload.h"
#include "tests/sim_tool/program.h"

namespace mylonite::experiments {
namespace {

using sim::Said;

class BenchTest : public sim::ProgramTest {
 protected:
  Said lab(const std::string& arguments) const { return shell("'" MYLONITE_LAB "' " + arguments); }
};

// Goal: every workload runs and is judged, and the report has its stated shape. Method: Mylonite alone, all workloads,
// few entries, JSON; one workload with binary keys. Expectation: exit 0, each figure a number, a rate above 0, nothing
// left behind.
TEST_F(BenchTest, EveryWorkloadAsJson) {
  std::string all;
  for (const Workload& workload : workloads()) all += (all.empty() ? "" : ",") + std::string(workload.name);
  const Said said = lab("bench --engines mylonite --entries 300 --rounds 1 --json --dir . --workloads " + all);
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.err, "");
  const auto json = nlohmann::json::parse(said.out);
  ASSERT_EQ(json["results"].size(), workloads().size());
  for (const auto& result : json["results"]) {
    EXPECT_EQ(result["engine"], "mylonite");
    EXPECT_NE(find_workload(result["workload"].get<std::string>()), nullptr);
    for (const FigureName& figure : figure_names()) EXPECT_TRUE(result[std::string(figure.name)].is_number());
    EXPECT_GT(result["ops_per_s"], 0);
    EXPECT_GT(result["rss_mb"], 0);
    EXPECT_TRUE(result["ratios"].empty());
  }
  EXPECT_EQ(json["settings"]["entries"], 300);
  EXPECT_TRUE(json["machine"]["processor"].is_string());
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(lab("bench --engines mylonite --entries 300 --rounds 1 --binary-keys --workloads readrandom").code, 0);
}

// Goal: Mylonite is measured with the policy and the options that are asked for, and the report says so. Method:
// tiering and leveling with a small memtable, whose write amplification differs; mistakes.
TEST_F(BenchTest, PolicyAndOptions) {
  const auto write_amp = [&](const std::string& policy) {
    const Said said =
        lab("bench --engines mylonite --entries 20000 --rounds 1 --json --dir . --workloads fillrandom "
            "--set memtable_max_bytes=100000 --set compaction_threshold_bytes=200000 --policy " +
            policy);
    EXPECT_EQ(said.code, 0) << said.err;
    const auto json = nlohmann::json::parse(said.out);
    EXPECT_EQ(json["settings"]["policy"], policy);
    EXPECT_EQ(json["settings"]["set"]["memtable_max_bytes"], "100000");
    return json["results"][0]["write_amp"].get<double>();
  };
  EXPECT_GT(write_amp("full"), write_amp("tier"));
  const Said policy = lab("bench --engines mylonite --policy teir");
  EXPECT_EQ(policy.code, 2);
  EXPECT_TRUE(sim::contains(lab("bench --engines mylonite --policy ful").err, "did you mean 'full'?"));
  EXPECT_TRUE(sim::contains(lab("compare full --workload upd").err, "did you mean 'upd_u'?"));
  EXPECT_TRUE(sim::contains(lab("compare full --device nmve").err, "did you mean 'nvme'?"));
  const Said option = lab("bench --engines mylonite --set memtable_max_byte=1");
  EXPECT_EQ(option.code, 2);
  EXPECT_TRUE(sim::contains(option.err, "did you mean 'memtable_max_bytes'?")) << option.err;
}

// Goal: an engine that is not known, a workload that is not, are refused with the ones that are. Method: one of each.
// Expectation: exit 2, the names.
TEST_F(BenchTest, UnknownNames) {
  const Said engine = lab("bench --engines mylonite,sqlite");
  EXPECT_EQ(engine.code, 2);
  EXPECT_TRUE(sim::contains(engine.err, "'sqlite'; there are: mylonite, rocksdb, leveldb")) << engine.err;
  const Said workload = lab("bench --workloads readall");
  EXPECT_EQ(workload.code, 2);
  EXPECT_TRUE(sim::contains(workload.err, "'readall'; there are: fillseq")) << workload.err;
  EXPECT_EQ(lab("bench --rounds 0").code, 2);
  EXPECT_EQ(lab("").code, 2);
  EXPECT_TRUE(sim::contains(lab("--help").out, "Example:\n  mylonite-lab compare"));
}

}  // namespace
}  // namespace mylonite::experiments
