// The commands of mylonite-lab in virtual time, as a user types them.
#include <string>

#include <gtest/gtest.h>

#include "tests/experiments/lab_program.h"

namespace mylonite::experiments {
namespace {

constexpr const char* kSmall = " --entries 8000 --buffer-entries 64 --size-ratio 4 --seeds 2";

// Goal: a spec runs, the same one to the same line. Method: a file, JSON, twice.
TEST_F(LabTest, RunsASpec) {
  const Said made = shell("echo '{\"policy\": \"lazy:T=4\", \"entries\": 8000, \"buffer_entries\": 64}' > spec.json");
  ASSERT_EQ(made.code, 0);
  const Said first = lab("run spec.json --json");
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.err, "");
  EXPECT_EQ(lab("run spec.json --json").out, first.out);
  EXPECT_TRUE(has(lab("run spec.json").out, "write amplification"));
}

// Goal: a comparison is readable, and its lines are in files. Method: two policies, both files.
TEST_F(LabTest, Compares) {
  const Said said = lab("compare full tier --csv a.csv --jsonl a.jsonl" + std::string(kSmall));
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(has(said.out, "\n  tier "));
  EXPECT_EQ(shell("wc -l < a.csv").out, "5\n");
  EXPECT_EQ(shell("grep -c result_hash a.jsonl").out, "4\n");
  ASSERT_EQ(shell("printf 'phase run seconds=6\\ninsert 0\\nupdate 0\\n' > 'a,b\"c.txt'").code, 0);
  ASSERT_EQ(lab("compare full --workload-file 'a,b\"c.txt' --seeds 1 --buffer-entries 16 --csv b.csv").code, 0)
      << "a phase with an option is no property";
  EXPECT_EQ(shell("grep -c ',\"file a,b\"\"c.txt ' b.csv").out, "1\n") << shell("cat b.csv").out;
  const Said open = lab("compare full random_legal --precision 1" + std::string(kSmall));
  EXPECT_EQ(open.code, 0);
  EXPECT_TRUE(has(open.err, "2 seeds do not give a precision of 1 %; allow more, as with --seeds 8")) << open.err;
}

// Goal: one merge of a run is explained, and taken otherwise. Method: a spec file; a decision that is not there.
TEST_F(LabTest, ExplainsAndForks) {
  const Said made = shell(
      "echo '{\"policy\": \"lo1\", \"entries\": 8000, \"buffer_entries\": 64, \"size_ratio\": 4, \"base_buffers\": 4, "
      "\"rests\": true, \"set\": {\"compaction_threads\": 1}}' > spec.json");
  ASSERT_EQ(made.code, 0);
  const Said explained = lab("explain spec.json 30");
  ASSERT_EQ(explained.code, 0) << explained.err;
  EXPECT_TRUE(has(explained.out, "decision 30 of ") && has(explained.out, "candidates, best first")) << explained.out;
  EXPECT_TRUE(has(lab("explain spec.json 30 --json").out, "\"candidates\":[{"));
  const Said forked = lab("fork spec.json 30 --candidate 0");
  ASSERT_EQ(forked.code, 0) << forked.err;
  EXPECT_TRUE(has(forked.out, "which is the same merge") && has(forked.out, "lo1:G=10 forked")) << forked.out;
  EXPECT_EQ(lab("explain spec.json 100000").code, 2);
  const Said listed = lab("explain spec.json");
  EXPECT_TRUE(has(listed.out, " decisions, lo1:G=10 under upd_u") && has(listed.out, "\n      30 ")) << listed.out;
  EXPECT_TRUE(has(lab("explain spec.json --json").out, "\"decisions\":[{\"candidates\":"));
}

// Goal: merges that the policy did not propose, and runs that leave the store, are explained as what they are. Method:
// deletes under a policy that leaves tombstones, until the store rewrites some itself; a policy whose runs expire.
TEST_F(LabTest, ExplainsTombstonesAndExpiry) {
  const std::string rest =
      "\"device\": \"none\", \"processor\": \"none\", \"entries\": 8000, \"buffer_entries\": 32, "
      "\"rests\": true, \"size_ratio\": 4, \"base_buffers\": 4, \"set\": {\"compaction_threads\": 1}}";
  ASSERT_EQ(shell("echo '{\"policy\": \"tsd\", \"workload\": \"del_10\", " + rest + "' > t.json").code, 0);
  ASSERT_EQ(shell("echo '{\"policy\": \"fifo:bytes=200000\", " + rest + "' > f.json").code, 0);
  const std::string list = lab("explain t.json").out;
  const std::size_t at = list.find("           0  level ");
  ASSERT_NE(at, std::string::npos) << list;
  const std::string number = list.substr(list.rfind('\n', at) + 1, 8);
  const std::string rewritten = lab("explain t.json " + number).out;
  EXPECT_TRUE(has(rewritten, "rewrites expired tombstones by itself") && has(rewritten, "level 1: 1 run")) << rewritten;
  EXPECT_FALSE(has(rewritten, "after 0.000 ms")) << rewritten;
  const std::string expired = lab("explain f.json 10").out;
  EXPECT_TRUE(has(expired, "\nexpired level 0: table ") && has(expired, ", which expires, ")) << expired;
  EXPECT_FALSE(has(expired, "4294967295")) << expired;
}

// Goal: shards make, in any order, what one run makes; a missing or changed one is noticed. Method: three shards of two
// workloads, merged; then without one, with a changed line, and with one twice.
TEST_F(LabTest, MergesShards) {
  const std::string what = "compare full tier --workload upd_u --workload ycsb_a --entries 4000 --buffer-entries 64";
  const Said whole = lab(what + " --seeds 4 --jobs 2");
  ASSERT_EQ(whole.code, 0) << whole.err;
  for (const char* shard : {"1", "2", "3"}) {
    const std::string number(shard);
    const Said part = lab(what + " --seeds 4 --shard " + number + "/3 --jsonl s" + number + ".jsonl");
    ASSERT_EQ(part.code, 0) << part.err;
  }
  const Said merged = lab("merge s3.jsonl s1.jsonl s2.jsonl s1.jsonl --base full --jsonl all.jsonl");
  ASSERT_EQ(merged.code, 0) << merged.err;
  EXPECT_EQ(merged.out, whole.out);
  EXPECT_EQ(shell("wc -l < all.jsonl").out, "16\n");
  EXPECT_TRUE(has(lab("merge s1.jsonl s2.jsonl").err, "a shard is missing"));
  // Of one policy whole seeds are missing, which no other policy has.
  ASSERT_EQ(lab("compare full --entries 3000 --buffer-entries 64 --seeds 4 --shard 1/2 --jsonl half.jsonl").code, 0);
  const Said half = lab("merge half.jsonl");
  EXPECT_EQ(half.code, 2);
  EXPECT_TRUE(has(half.err, "2 of 4 runs are there; a shard is missing")) << half.err;
  EXPECT_EQ(shell(": >empty.jsonl").code, 0);
  EXPECT_TRUE(has(lab("merge empty.jsonl").err, "no results"));
  EXPECT_EQ(lab("merge s1.jsonl s2.jsonl s3.jsonl --base lazy").code, 2);
  EXPECT_EQ(shell("sed -i '2s/\"merges\":/\"merges\":1/' s2.jsonl").code, 0);
  EXPECT_TRUE(has(lab("merge s1.jsonl s2.jsonl s3.jsonl").err, "s2.jsonl, line 2"));
  EXPECT_EQ(lab(what + " --shard 1/3").code, 2);
  EXPECT_EQ(lab(what + " --shard 4/3 --jsonl x").code, 2);
}

// Goal: a run takes its workload from a file, and its results say which content that was. Method: an operations file,
// by option and by a spec, from here and by another path; then changed: a pinned hash, and a merge of both contents.
TEST_F(LabTest, TakesAWorkloadFromAFile) {
  ASSERT_EQ(lab("export ingest --entries 3000 --out w.txt").code, 0);
  ASSERT_EQ(shell("mkdir s; cp w.txt s").code, 0);
  const std::string what = "compare full tier --buffer-entries 64 --seeds 1 --workload-file ";
  const Said first = lab(what + "w.txt --jsonl a.jsonl");
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_TRUE(has(first.out, "file w.txt ") && has(first.out, ", 3000 entries")) << first.out;
  EXPECT_EQ(lab(what + "s/w.txt").out, first.out);
  EXPECT_EQ(lab("merge a.jsonl").out, first.out);
  EXPECT_EQ(shell("echo '{\"workload_file\": \"w.txt\"}' > spec.json").code, 0);
  EXPECT_TRUE(has(lab("run spec.json").out, "under file w.txt"));
  EXPECT_TRUE(has(lab("run spec.json --workload-file s/w.txt").out, "under file w.txt"));
  EXPECT_EQ(shell("echo '{\"workload_file\": \"w.txt\", \"workload_hash\": \"0\"}' > pinned.json").code, 0);
  EXPECT_TRUE(has(lab("run pinned.json").err, "w.txt: expected content with the hash 0, found"));
  EXPECT_EQ(shell("echo update 5 >> w.txt").code, 0);
  EXPECT_EQ(lab(what + "w.txt --jsonl b.jsonl").code, 0);
  const Said merged = lab("merge a.jsonl b.jsonl");
  EXPECT_EQ(merged.code, 2);
  EXPECT_TRUE(has(merged.err, "two workload files named w.txt")) << merged.err;
  EXPECT_EQ(lab(what + "absent.txt").code, 2);
  EXPECT_EQ(lab(what + "w.txt --workload upd_u").code, 2);
  EXPECT_EQ(lab(what + "w.txt --entries 9000").code, 2);
  EXPECT_EQ(lab("compare full --workload file").code, 2);
}

// Goal: workloads become files, and what no format has is refused with no file left. Method: each format; mistakes.
TEST_F(LabTest, ExportsWorkloads) {
  EXPECT_TRUE(has(lab("export ycsb_b --format ycsb --entries 5000").out, "recordcount=5000\n"));
  EXPECT_TRUE(
      has(lab("export seq --format trace --entries 1000").out, "\n0x30303030303030303030303030303031 1 0 112 1\n"));
  const Said refused = lab("export queue --format ycsb --out q.txt");
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(has(refused.err, "not a load in random order")) << refused.err;
  EXPECT_NE(shell("ls q.txt*").code, 0);
  EXPECT_TRUE(has(lab("export ycbs_a").err, "did you mean 'ycsb_a'?"));
  EXPECT_TRUE(has(lab("export ycsb_a --format trase").err, "did you mean 'trace'?"));
  EXPECT_EQ(lab("export ycsb_a --entries 5").code, 2);
  EXPECT_EQ(lab("export ycsb_a --out absent/a").code, 7);
}

// Goal: claims are judged, for people and for programs. Method: one claim at the smallest tier, twice.
TEST_F(LabTest, JudgesClaims) {
  const Said said = lab("claims 1 --tier ci --seeds 2");
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.err, "");
  EXPECT_TRUE(has(said.out, "1    holds") && has(said.out, "1 claims: 1 hold, 0 fail, 0 open")) << said.out;
  EXPECT_TRUE(has(lab("claims 1 --tier ci --seeds 2 --json").out, "\"verdict\":\"holds\""));
  EXPECT_EQ(lab("claims 99").code, 2);
  EXPECT_EQ(lab("claims --tier big").code, 2);
}

// Goal: what cannot run is refused before, with what would be right. Method: one mistake a time.
TEST_F(LabTest, Refuses) {
  EXPECT_EQ(shell("echo '{\"seeed\": 1}' > wrong.json").code, 0);
  const Said spec = lab("run wrong.json");
  EXPECT_EQ(spec.code, 2);
  EXPECT_TRUE(has(spec.err, "wrong.json") && has(spec.err, "did you mean 'seed'?")) << spec.err;
  EXPECT_EQ(lab("run absent.json").code, 2);
  EXPECT_EQ(lab("run .").code, 2);
  EXPECT_EQ(lab("compare").code, 2);
  EXPECT_EQ(lab("compare ful" + std::string(kSmall)).code, 2);
  EXPECT_EQ(lab("compare full --workload upd_z9" + std::string(kSmall)).code, 2);
  EXPECT_EQ(lab("compare full --set compresion=lz4" + std::string(kSmall)).code, 2);
  EXPECT_EQ(lab("compare full --set block_bytes=1" + std::string(kSmall)).code, 2);
  EXPECT_EQ(lab("compare full --set memtable_max_bytes=100000" + std::string(kSmall)).code, 2);
  EXPECT_EQ(lab("endure --policy tier --set compaction_policy=none --entries 1000").code, 2);
  EXPECT_EQ(lab("compare full --csv absent/a.csv" + std::string(kSmall)).code, 7);
}

// Goal: the lists name everything. Method: names that must be there.
TEST_F(LabTest, Lists) {
  const Said policies = lab("policies");
  const Said workloads = lab("workloads");
  for (const char* name : {"one_lvl", "full", "tier", "lazy", "Dostoevsky"}) EXPECT_TRUE(has(policies.out, name));
  for (const char* name : {"upd_u", "ingest", "nvme", "object", "cpu-1"}) EXPECT_TRUE(has(workloads.out, name));
}

}  // namespace
}  // namespace mylonite::experiments
