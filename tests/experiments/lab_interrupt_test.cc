// mylonite-lab met by a signal: what it keeps, what it says, and how a user goes on.
#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/experiments/lab_program.h"

namespace mylonite::experiments {
namespace {

class LabInterruptTest : public LabTest {
 protected:
  // Runs the program beside the shell, which otherwise ignores SIGINT for it, and signals it once `until` holds.
  Said interrupted(const std::string& arguments, const std::string& signal, const std::string& until) const {
    return shell(fmt::format(R"sh(env --default-signal=INT '{}' {} & id=$!
      until ({}) 2>/dev/null; do sleep 0.01; done
      kill -{} "$id"
      wait "$id")sh",
                             MYLONITE_LAB, arguments, until, signal));
  }
  std::uint64_t lines_of(const std::string& name) const {
    return static_cast<std::uint64_t>(std::ranges::count(read(name), '\n'));
  }
};

constexpr const char* kLong = "compare full tier --entries 4000 --buffer-entries 64 --seeds 10000 --jobs 2 ";
constexpr const char* kFiveLines = R"sh([ "$(wc -l <a.jsonl.part)" -ge 5 ])sh";

// Goal: a long comparison that is stopped keeps its runs and says so. Method: both signals after some runs.
// Expectation: the signal's exit code; one line with the number of runs, their file, and what is left to do.
TEST_F(LabInterruptTest, KeepsTheRunsThatEnded) {
  for (const auto& [signal, code] : {std::pair{"INT", 130}, {"TERM", 143}}) {
    const Said said = interrupted(std::string(kLong) + "--jsonl a.jsonl --csv a.csv --html a.html", signal, kFiveLines);
    EXPECT_EQ(said.code, code);
    EXPECT_EQ(said.out, "");
    EXPECT_EQ(names(), (std::vector<std::string>{"a.csv.part", "a.jsonl.part"}));
    const std::uint64_t runs = lines_of("a.jsonl.part");
    EXPECT_EQ(lines_of("a.csv.part"), runs + 1);
    EXPECT_TRUE(has(said.err, fmt::format("stopped by SIG{} after {} of 20000 runs; they are in a.jsonl.part and "
                                          "a.csv.part; to go on, run the same with --seed ",
                                          signal, runs)))
        << said.err;
    EXPECT_TRUE(said.err.ends_with("then `mylonite-lab merge a.jsonl.part FILE`\n")) << said.err;
    EXPECT_EQ(std::ranges::count(said.err, '\n'), 1);
    // Every run is in the file, or of a seed that is left.
    std::map<std::uint64_t, std::uint64_t> runs_of_seed;
    for (const auto& line : read_lines("a.jsonl.part")) ++runs_of_seed[line["spec"]["seed"]];
    std::uint64_t next = 1;
    while (runs_of_seed[next] == 2) ++next;
    EXPECT_TRUE(has(said.err, fmt::format("--seed {} --seeds {} and", next, 10'001 - next))) << said.err;
    ASSERT_EQ(shell("rm a.*").code, 0);
  }
}

// Goal: what is not kept is said, too, and nothing empty stays. Method: commands without a file, or without a run that
// ended, stopped once they have used some processor time.
TEST_F(LabInterruptTest, SaysWhatIsNotKept) {
  const std::string busy = R"sh([ "$(awk '{print $14}' "/proc/$id/stat")" -ge 20 ])sh";
  write("spec.json", R"({"entries": 50000000})");
  const std::pair<std::string, std::string> commands[] = {
      {"endure --entries 50000000 --dir .",
       "stopped by SIGTERM before it had anything to report; its files are removed\n"},
      {"open --dir .", "before it had anything to report; its files are removed\n"},
      {"export upd_u --entries 50000000 --out a.txt", "before the workload ended; nothing is kept\n"},
      {"run spec.json", "stopped by SIGTERM before the run ended; nothing is kept\n"},
      {"claims --tier deep", "of 2"},
      {"compare full --entries 50000000 --jsonl b.jsonl --csv b.csv", "after 0 of 10 runs; nothing is kept\n"},
      {kLong, "runs; none of them is kept, since there is no --jsonl FILE\n"}};
  for (const auto& [command, says] : commands) {
    const Said said = interrupted(command, "TERM", busy);
    EXPECT_EQ(said.code, 143) << command;
    EXPECT_TRUE(has(said.err, says)) << said.err;
  }
  EXPECT_EQ(names(), std::vector<std::string>{"spec.json"});
}

// Goal: a benchmark that is stopped keeps the workloads that are complete, and no store. Method: a signal in the first
// workload, and one in the second. Expectation: nothing to report, then the first workload's table; no directory.
TEST_F(LabInterruptTest, BenchmarksKeepWhatIsComplete) {
  const std::string bench = "bench --engines mylonite --rounds 1 --dir . --workloads fillrandom";
  const Said first = interrupted(bench + " --entries 50000000", "TERM", "ls -d mylonite-bench-* >ls.out");
  EXPECT_EQ(first.code, 143);
  EXPECT_EQ(first.out, "");
  EXPECT_TRUE(has(first.err, "stopped by SIGTERM before it had anything to report; its files are removed\n"));
  const Said recovery = interrupted("recovery --log-mib 4096 --dir .", "TERM", "ls -d mylonite-lab-*/store >ls.out");
  EXPECT_EQ(recovery.code, 143) << "its child, which nobody signalled, ends too";
  EXPECT_TRUE(has(recovery.err, "stopped by SIGTERM before it had anything to report; its files are removed\n"));
  // The second one reads, so it has a store that is loaded before it.
  const Said second = interrupted(bench + ",readrandom --entries 500000", "INT", "ls -d */mylonite >ls.out");
  EXPECT_EQ(second.code, 130);
  EXPECT_TRUE(has(second.out, "fillrandom") && !has(second.out, "readrandom")) << second.out;
  EXPECT_TRUE(has(second.err, "after some workloads; what stands above is complete\n")) << second.err;
  EXPECT_EQ(names(), std::vector<std::string>{"ls.out"});
}

// Goal: runs that were kept are of use. Method: the first five lines of six, the last one torn; alone, and with the
// runs that are left. Expectation: alone what is missing is said; together it is the comparison in one run.
TEST_F(LabInterruptTest, GoesOn) {
  const std::string what = "compare full tier --entries 4000 --buffer-entries 64 ";
  const Said whole = lab(what + "--seeds 3 --jsonl whole.jsonl");
  ASSERT_EQ(whole.code, 0) << whole.err;
  ASSERT_EQ(shell("head -5 whole.jsonl > a.jsonl.part; tail -1 whole.jsonl | head -c 99 >> a.jsonl.part").code, 0);
  const Said unnamed = lab("merge a.jsonl");
  EXPECT_EQ(unnamed.code, 5);
  EXPECT_TRUE(has(unnamed.err, "  a.jsonl.part is there: its run was stopped, or goes on; name it")) << unnamed.err;
  const Said part = lab("merge a.jsonl.part");
  EXPECT_EQ(part.code, 0);
  EXPECT_TRUE(has(part.out, "2 seeds from 1")) << part.out;
  EXPECT_TRUE(part.err.ends_with(": workload upd_u: 5 of 6 runs are there; left out: seed 3, which tier lacks\n"))
      << part.err;
  ASSERT_EQ(lab(what + "--seed 3 --seeds 1 --jsonl rest.jsonl").code, 0);
  const Said both = lab("merge a.jsonl.part rest.jsonl --base full");
  EXPECT_EQ(both.out, whole.out);
  EXPECT_EQ(both.err, "");
  // Under a complete file's name the same lines are refused.
  ASSERT_EQ(shell("head -4 whole.jsonl > b.jsonl; head -1 whole.jsonl > c.jsonl.part").code, 0);
  const Said cut = lab("merge b.jsonl");
  EXPECT_EQ(cut.code, 2);
  EXPECT_TRUE(has(cut.err, "4 of 6 runs are there")) << cut.err;
  EXPECT_EQ(lab("merge c.jsonl.part").code, 0);
}

}  // namespace
}  // namespace mylonite::experiments
