// What users give mylonite-lab by mistake: refused before anything runs, with what is wrong and what to do.
#include <string>

#include <gtest/gtest.h>

#include "tests/experiments/lab_program.h"

namespace mylonite::experiments {
namespace {

constexpr const char* kSmall = "compare full tier --entries 3000 --buffer-entries 64 --seeds 1 ";

// Goal: results are not lost by a path that is given twice. Method: outputs that are one file, or a file that is read.
// Expectation: exit 2 with both options, and no file is touched.
TEST_F(LabTest, RefusesOneFileForTwo) {
  ASSERT_EQ(shell("ln -s a.jsonl link").code, 0);
  for (const char* paths : {"--jsonl X --csv X", "--jsonl X --csv ./X", "--html X --csv X.part"}) {
    const Said said = lab(std::string(kSmall) + paths);
    EXPECT_EQ(said.code, 2);
    EXPECT_TRUE(has(said.err, has(paths, "part") ? " are one file until they are complete: expected a file for each"
                                                 : " are one file: expected a file for each"))
        << said.err;
  }
  EXPECT_EQ(names(), std::vector<std::string>{"link"});
  ASSERT_EQ(lab("export ingest --entries 3000 --out w.txt").code, 0);
  ASSERT_EQ(lab(std::string(kSmall) + "--jsonl a.jsonl").code, 0);
  const std::string before = read("a.jsonl") + read("w.txt");
  for (const char* command : {"merge a.jsonl --jsonl a.jsonl", "merge a.jsonl --html link",
                              "compare full --workload-file w.txt --jsonl ./w.txt"}) {
    const Said said = lab(command);
    EXPECT_EQ(said.code, 2);
    EXPECT_TRUE(has(said.err, "expected another file to write than those that are read")) << said.err;
  }
  EXPECT_EQ(read("a.jsonl") + read("w.txt"), before);
}

// Goal: what is no file is refused at once, wherever a file is read. Method: a pipe without a writer, a folder, a
// device.
TEST_F(LabTest, ReadsFilesOnly) {
  ASSERT_EQ(shell("mkfifo pipe; mkdir folder; echo '{\"workload_file\": \"pipe\"}' > spec.json").code, 0);
  for (const auto& [place, kind] :
       {std::pair{"pipe", "a pipe"}, {"folder", "a directory"}, {"/dev/zero", "a device"}}) {
    for (const char* command : {"compare full --workload-file ", "run spec.json --workload-file ", "run ", "merge ",
                                "explain ", "amplification lo1 --workload-file "}) {
      const Said said = shell("timeout 20 '" MYLONITE_LAB "' " + std::string(command) + place +
                              (has(command, "explain") ? " 1" : ""));
      EXPECT_EQ(said.code, 2) << command;
      EXPECT_TRUE(has(said.err, std::string(place) + ": expected a file, found " + kind)) << said.err;
    }
  }
  EXPECT_TRUE(has(shell("timeout 20 '" MYLONITE_LAB "' run spec.json").err, "pipe: expected a file, found a pipe"));
}

// Goal: a figure that means nothing says so. Method: buffers larger than the workload, of writes and of reads; then one
// that is smaller. Expectation: one line on standard error beside the results, and none where there is something.
TEST_F(LabTest, SaysThatAResultSaysNothing) {
  const std::string nothing =
      " of flushes and merges, since no buffer of 90000 entries was full meanwhile: choose a smaller buffer_entries\n";
  write("spec.json", R"({"entries": 3000, "buffer_entries": 90000})");
  const Said ran = lab("run spec.json");
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err, "mylonite-lab: the run says nothing" + nothing);
  EXPECT_TRUE(has(ran.out, "write amplification")) << ran.out;
  for (const std::string workload : {"upd_u", "ycsb_c"}) {
    const std::string what = "compare full tier --entries 3000 --seeds 2 --workload " + workload;
    const Said said = lab(what + " --buffer-entries 90000 --jsonl a.jsonl");
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.err, "mylonite-lab: 4 of 4 runs say nothing" + nothing);
    EXPECT_EQ(lab("merge a.jsonl").err, said.err);
    EXPECT_EQ(lab(what + " --buffer-entries 64").err, "");
  }
}

// Goal: a buffer that is never full costs no memory to speak of, and a mistake leaves no empty file. Method: far more
// entries than operations; a policy that does not exist.
TEST_F(LabTest, RefusesAHugeBuffer) {
  const Said said = lab("compare full --entries 3000 --buffer-entries 100000000 --jsonl a.jsonl --csv a.csv");
  EXPECT_EQ(said.code, 2);
  EXPECT_TRUE(has(said.err, "buffer_entries is a whole number up to 1048576, since the workload has no more"))
      << said.err;
  EXPECT_EQ(lab(std::string(kSmall) + "ful --jsonl a.jsonl --html a.html").code, 2);
  EXPECT_TRUE(names().empty());
}

// Goal: shards may be more than runs. Method: four runs in nine shards. Expectation: those without runs say so, and all
// files make the comparison of one run.
TEST_F(LabTest, MayHaveShardsWithoutRuns) {
  const std::string what = "compare full tier --entries 3000 --buffer-entries 64 --seeds 2";
  int without = 0;
  for (int i = 1; i <= 9; ++i) {
    const std::string number = std::to_string(i);
    const Said said = lab(what + " --shard " + number + "/9 --jsonl s" + number + ".jsonl");
    EXPECT_EQ(said.code, 0) << said.err;
    if (said.err.empty()) continue;
    ++without;
    EXPECT_EQ(said.err, "mylonite-lab: shard " + number +
                            "/9 has no runs, since all shards have 4; its empty file is good for `merge`\n");
    EXPECT_TRUE(names().size() == static_cast<std::size_t>(i) && read("s" + number + ".jsonl").empty());
  }
  EXPECT_GE(without, 5);
  const Said merged = lab("merge s*.jsonl --base full");
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_EQ(merged.out, lab(what).out);
}

// Goal: a file that cannot be merged is named with its line and the way out. Method: a table, a cut line, a shard
// alone.
TEST_F(LabTest, SaysWhatIsWrongWithAFileToMerge) {
  ASSERT_EQ(lab(std::string(kSmall) + "--jsonl a.jsonl --csv a.csv").code, 0);
  ASSERT_EQ(shell("head -1 a.jsonl > one.jsonl; { cat one.jsonl; head -c 999 a.jsonl; } > cut.jsonl").code, 0);
  const std::pair<std::string, std::string> commands[] = {
      {"merge a.csv", "a.csv, line 1: expected JSON, found 'policy,workload,"},
      {"merge a.jsonl cut.jsonl",
       "cut.jsonl, line 2: expected the rest of the JSON, found the end\n  a file for `merge` is"},
      {"merge one.jsonl", "1 of 2 runs are there; a shard is missing, or not complete: run it again\n"},
      {"merge a.jsonl --base lazy", "no result is of policy lazy"}};
  for (const auto& [command, says] : commands) {
    const Said said = lab(command);
    EXPECT_EQ(said.code, 2) << command;
    EXPECT_TRUE(has(said.err, says)) << said.err;
    EXPECT_FALSE(has(said.err, "json.exception")) << said.err;
  }
}

// Goal: a name that is given twice is a slip, not a wish. Method: each kind of name. Expectation: exit 2 with the name.
TEST_F(LabTest, RefusesANameTwice) {
  write("spec.json", R"({"policy": "lo1", "policy": "tier"})");
  write("spec.toml", "policy = 'lo1'\npolicy = 'tier'\n");
  const std::pair<std::string, std::string> commands[] = {
      {"run spec.json", "spec.json, line 1: expected each member once, found 'policy' twice"},
      {"run spec.toml", "spec.toml"},
      {std::string(kSmall) + "full", "expected each policy once, found full twice"},
      {"compare lazy full lazy:T=10", "expected each policy once, found lazy and lazy:T=10, which are the same"},
      {std::string(kSmall) + "--workload upd_u --workload upd_u", "expected each workload once, found upd_u twice"},
      {std::string(kSmall) + "--set block_bytes=8192 --set compression=lz4 --set block_bytes=4096",
       "--set block_bytes: expected each option once, found it twice"},
      {std::string(kSmall) + "--jsonl a --jsonl b", "--jsonl"},
      {"amplification lo1 lo1", "expected each policy once, found lo1 twice"},
      {"amplification lo1 --set block_bytes=1 --set block_bytes=2", "--set block_bytes: expected each option once"},
      {"endure --set block_bytes=8192 --set block_bytes=4096", "--set block_bytes: expected each option once"},
      {"claims 1 1", "expected each claim once, found 1 twice"}};
  for (const auto& [command, says] : commands) {
    const Said said = lab(command);
    EXPECT_EQ(said.code, 2) << command;
    EXPECT_TRUE(has(said.err, says)) << said.err;
  }
}

// Goal: files that an editor saved anew still serve. Method: the mark of UTF-8 and other line ends in results and in a
// workload. Expectation: the same results; the hash of a workload is that of its bytes, so it is another content.
TEST_F(LabTest, TakesFilesThatAnEditorSaved) {
  ASSERT_EQ(lab("export ingest --entries 3000 --out w.txt").code, 0);
  const std::string what = "compare full tier --buffer-entries 64 --seeds 1 --workload-file ";
  const Said own = lab(what + "w.txt --jsonl a.jsonl");
  ASSERT_EQ(own.code, 0) << own.err;
  ASSERT_EQ(shell("mkdir s").code, 0);
  const auto save = [&](const std::string& name) {
    std::string saved = "\xEF\xBB\xBF";
    for (const char each : read(name)) saved += each == '\n' ? std::string("\r\n") : std::string(1, each);
    write("s/" + name, saved + "\r\n");
  };
  save("a.jsonl");
  EXPECT_EQ(lab("merge s/a.jsonl --base full").out, own.out);
  save("w.txt");
  const Said saved = lab(what + "s/w.txt --jsonl b.jsonl");
  ASSERT_EQ(saved.code, 0) << saved.err;
  EXPECT_EQ(read_lines("b.jsonl")[0]["figures"], read_lines("a.jsonl")[0]["figures"]);
  EXPECT_NE(read_lines("b.jsonl")[0]["spec"]["workload_hash"], read_lines("a.jsonl")[0]["spec"]["workload_hash"]);
}

// Goal: tables that stand side by side are told apart. Method: results merged that differ in an option of the store
// and in a member of the spec, then those of one kind. Expectation: each heading and page has its values, and
// nothing alike.
TEST_F(LabTest, HeadingsSayWhatDiffers) {
  const std::string what = std::string(kSmall) + "--set block_cache_bytes=4096 ";
  ASSERT_EQ(lab(what + "--jsonl a.jsonl --set compression=lz4").code, 0);
  ASSERT_EQ(lab(what + "--jsonl b.jsonl --clients 2").code, 0);
  const Said merged = lab("merge a.jsonl b.jsonl --html page.html");
  ASSERT_EQ(merged.code, 0) << merged.err;
  for (const char* differs : {"with clients=1, compression=lz4", "with clients=2, compression not set"}) {
    EXPECT_TRUE(has(merged.out, " 1 seed from 1\n" + std::string(differs) + "\none seed, ")) << merged.out;
    EXPECT_TRUE(has(read("page.html"), "<h2>upd_u " + std::string(differs) + "</h2>"));
  }
  EXPECT_FALSE(has(merged.out, "block_cache_bytes")) << merged.out;
  EXPECT_FALSE(has(lab("merge a.jsonl").out, "with clients"));
}

}  // namespace
}  // namespace mylonite::experiments
