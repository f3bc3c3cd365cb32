// Peers' trees beside Mylonite's policies: the same operations, exact figures.
#include "experiments/amplification/amplification.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/compaction/policies.h"
#include "experiments/run/run.h"
#include "tests/sim_tool/program.h"

namespace mylonite::experiments {
namespace {

// 6 buffers; LevelDB needs buffers of a tenth of its level 1.
RunSpec small(const std::string& workload) {
  RunSpec spec = amplification_spec();
  spec.workload = workload;
  spec.entries = 48'000;
  return spec;
}

// Goal: a peer meets Mylonite's very operations, answers them, and gives the same figures each time. Method: every tree
// that was built in, on writes with deletes and on reads with writes, twice. Expectation: no wrong answer; what users
// wrote and read is as with Mylonite; merges read more than they write, and there are none without a policy.
TEST(AmplificationTest, PeersMeetTheSameOperations) {
  if (peer_trees().empty()) GTEST_SKIP() << "neither RocksDB nor LevelDB was built in";
  for (const char* workload : {"del_10", "ycsb_a"}) {
    RunSpec spec = small(workload);
    const bool reads = spec.workload == "ycsb_a";
    if (reads) spec.entries = 20'000;
    spec.policy = "lo1";
    const auto own = run_spec(spec, standard_policies());
    ASSERT_TRUE(own.ok()) << own.error().to_string();
    EXPECT_FALSE(is_of_peer(*own));
    for (const PeerTreeKind& kind : peer_trees()) {
      spec.policy = kind.name;
      const auto first = run_peer(spec, kind);
      ASSERT_TRUE(first.ok()) << first.error().to_string();
      EXPECT_EQ(first->failure, "") << kind.name;
      EXPECT_TRUE(is_of_peer(*first)) << first->policy;
      const Comparison beside{.base = spec, .results = {{*own}, {*first}}};
      EXPECT_EQ(comparison_text(beside).find("edge waste"), std::string::npos) << "a peer does not count it";
      EXPECT_EQ(first->figures.operations, own->figures.operations);
      EXPECT_EQ(first->figures.user_bytes, own->figures.user_bytes);
      EXPECT_EQ(first->figures.user_entries, own->figures.user_entries);
      EXPECT_EQ(first->figures.gets, own->figures.gets);
      EXPECT_EQ(first->figures.samples, own->figures.samples);
      EXPECT_EQ(first->figures.live_bytes_sum, own->figures.live_bytes_sum);
      EXPECT_EQ(first->figures.blocks_read > 0, reads) << kind.name;
      EXPECT_GT(first->figures.flush_bytes, 0U);
      if (reads) continue;
      EXPECT_EQ(first->figures.merge_bytes_out > 0, kind.like != "none") << kind.name;
      EXPECT_GE(first->figures.merge_bytes_in, first->figures.merge_bytes_out);
      const auto second = run_peer(spec, kind);
      ASSERT_TRUE(second.ok());
      EXPECT_EQ(result_json(*second), result_json(*first));
    }
  }
}

// Goal: a buffer holds the same entries everywhere. Method: N keys once each. Expectation: as many flushed bytes as
// buffers of the size that was measured before, to 5 %.
TEST(AmplificationTest, BuffersHoldTheSameEntries) {
  if (peer_trees().empty()) GTEST_SKIP() << "neither RocksDB nor LevelDB was built in";
  const RunSpec spec = small("ingest");
  for (const PeerTreeKind& kind : peer_trees()) {
    const auto run = run_peer(spec, kind);
    ASSERT_TRUE(run.ok()) << run.error().to_string();
    const std::uint64_t buffers = spec.entries / spec.buffer_entries;
    EXPECT_EQ(run->figures.samples, buffers);
    EXPECT_NEAR(static_cast<double>(run->figures.flush_bytes), static_cast<double>(buffers * run->buffer_bytes),
                static_cast<double>(buffers * run->buffer_bytes) / 20)
        << kind.name;
  }
}

class AmplificationProgramTest : public sim::ProgramTest {
 protected:
  sim::Said lab(const std::string& arguments) const { return shell("'" MYLONITE_LAB "' amplification " + arguments); }
  static bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
};

// Goal: the command prints what `merge` makes of its lines, and refuses what cannot be compared before anything runs.
TEST_F(AmplificationProgramTest, ComparesAndRefuses) {
  const sim::Said said = lab("lo1 tier --entries 8000 --buffer-entries 256 --seeds 2 --jsonl a.jsonl");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "write amplification") && has(said.out, "\n  tier "));
  EXPECT_EQ(shell("'" MYLONITE_LAB "' merge a.jsonl --base lo1").out, said.out);
  EXPECT_EQ(lab("lo1 --clients 2").code, 2);
  EXPECT_EQ(lab("lo2x").code, 2);
  EXPECT_EQ(lab("lo1 --workload upd_z9").code, 2);
  EXPECT_EQ(lab("lo1 --jsonl absent/a.jsonl").code, 7);
  const std::vector<PeerTreeKind> kinds = peer_trees();
  const bool levels = std::ranges::any_of(kinds, [](const PeerTreeKind& kind) { return kind.name == "leveldb"; });
  const sim::Said refused = lab("lo1 leveldb --level0-runs 1");
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_TRUE(has(refused.err, levels ? "expected --level0-runs 4, found 1" : "libleveldb-dev")) << refused.err;
  const bool rocks =
      std::ranges::any_of(kinds, [](const PeerTreeKind& kind) { return kind.name == "rocksdb_universal"; });
  EXPECT_TRUE(has(lab("rocksdb_universa").err, rocks ? "did you mean 'rocksdb_universal'?" : "librocksdb-dev"));
}

}  // namespace
}  // namespace mylonite::experiments
