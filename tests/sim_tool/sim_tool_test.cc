// mylonite-sim as a user runs it: what it prints, what it writes, how it exits. Not provoked: 3 (not deterministic), as
// the program has no way to be so, and none is built in for a test.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/release.h"
#include "sim/machine/fiber.h"
#include "sim/run/coverage.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"
#include "tests/sim_tool/program.h"

namespace mylonite::sim {
namespace {

using Json = nlohmann::json;

class SimToolTest : public ProgramTest {
 protected:
  // A file of a clean run, with what it observed altered by `edit`; checksum in order.
  template <class Edit>
  void write_repro(const std::string& name, Edit edit) const {
    StackPool stacks;
    Repro repro = repro_of(run(generate(7, {.operations = 40, .crashes = 2}), stacks));
    edit(repro);
    write(name, encode_repro(repro, {}));
  }
};

constexpr const char* kSmall = "--ops 40 --crashes 2";

// Goal: help is to be had everywhere, with an example. Method: every command's. Expectation: exit 0, on stdout.
TEST_F(SimToolTest, Help) {
  for (const char* command :
       {"", "run ", "marks ", "replay ", "report ", "trace ", "shrink ", "rules ", "corpus add "}) {
    const Said said = sim(std::string(command) + "--help");
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.err, "");
    EXPECT_TRUE(contains(said.out, "Example:\n  mylonite-sim ")) << command << said.out;
  }
  EXPECT_EQ(sim("--version").out, fmt::format("mylonite-sim {}\n", kRelease));
}

// Goal: a wrong command line says which word is wrong and what was expected. Method: one of each kind. Expectation:
// exit 2, the option's name and the expectation on stderr, nothing on stdout, no file.
TEST_F(SimToolTest, WrongCommandLines) {
  const std::vector<std::vector<std::string>> cases = {
      {"", "expected a command: run, marks, replay"},
      {"runn --seed 3", "no command is named 'runn'"},
      {"run --sede 3", "--sede"},
      {"run --seeds 9", "--seeds: expected A:B", "'9'"},
      {"run --seeds 9:9", "--seeds: expected A:B", "'9:9'"},
      {"run --seeds 1:x", "--seeds: expected A:B", "'1:x'"},
      {"run --seed abc", "--seed: expected a number", "'abc'"},
      {"run --seed 1 --seeds 1:2", "--seed", "excludes"},
      {"run --time 5", "--time: expected 60s, 5m or 2h", "'5'"},
      {"run --time 0s", "--time: expected 60s, 5m or 2h"},
      {"run --shard 2/2", "--shard: expected I/N with I < N", "'2/2'"},
      {"run --shard 2", "--shard: expected I/N with I < N"},
      {"run --jobs 0", "--jobs", "1 to 256"},
      {"run --ops 0", "--ops", "1 to "},
      {"run --ops many", "--ops", "many"},
      {"run --crashes -1", "--crashes", "0 to "},
      {"run --check-determinism 101", "--check-determinism", "0 to 100"},
      {"run --profile wild", "--profile", "{smoke,default,harsh}"},
      {"run --fs ntfs", "--fs", "{ordered,reordering,posix}"},
      {"run --seed 18446744073709551615", "--seed: expected a number from 0 to 18446744073709551614", "'1844"},
      {"run --liar --no-liar", "--no-liar", "excludes"},
      {"replay", "SEED_OR_FILE is required"},
      {"replay 3 --story -1", "--story: expected a whole number from 0 to 18446744073709551615, found '-1'"},
      {"replay 3 --liar --no-liar", "--no-liar", "excludes"},
      {"marks --jsonl x", "--jsonl"},
  };
  for (const auto& words : cases) {
    const Said said = sim(words[0]);
    EXPECT_EQ(said.code, 2) << words[0];
    EXPECT_EQ(said.out, "") << words[0];
    for (std::size_t i = 1; i < words.size(); ++i) EXPECT_TRUE(contains(said.err, words[i])) << words[0] << said.err;
  }
  EXPECT_TRUE(names().empty());
}

// Goal: quiet when green. Method: 20 seeds, no terminal. Expectation: exit 0, at most 6 lines, no word on stderr, no
// colours or carriage returns, no file.
TEST_F(SimToolTest, QuietWhenGreen) {
  const Said said = sim(fmt::format("run --seeds 0:20 {}", kSmall));
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.err, "");
  EXPECT_TRUE(said.out.starts_with("20 seeds clean in ")) << said.out;
  EXPECT_LE(std::ranges::count(said.out, '\n'), 6);
  EXPECT_EQ(said.out.find_first_of("\x1b\r"), std::string::npos);
  EXPECT_TRUE(names().empty());
}

// Goal: a run in which nothing happened is no success. Method: a seed whose only operation is no write; a shard that
// holds no seed. Expectation: exit 4.
TEST_F(SimToolTest, NothingRan) {
  StackPool stacks;
  std::uint64_t seed = 0;
  while (!run(generate(seed, {.operations = 1, .crashes = 0}), stacks).nothing_ran) ++seed;
  const Said said = sim(fmt::format("run --seed {} --ops 1 --crashes 0", seed));
  EXPECT_EQ(said.code, 4);
  EXPECT_TRUE(contains(said.out, "nothing ran in 1")) << said.out;
  EXPECT_EQ(sim("run --seeds 0:1 --shard 1/2").code, 4);
}

// Goal: JSON lines tell the whole run. Method: parse those of 10 seeds. Expectation: run_start, one line a seed,
// run_end; the file complete under its own name only.
TEST_F(SimToolTest, JsonLines) {
  ASSERT_EQ(sim(fmt::format("run --seeds 15:25 {} --jobs 2 --jsonl run.jsonl", kSmall)).code, 0);
  EXPECT_EQ(names(), std::vector<std::string>{"run.jsonl"});
  const std::vector<Json> lines = read_lines("run.jsonl");
  ASSERT_EQ(lines.size(), 12U);
  EXPECT_EQ(lines.front()["ev"], "run_start");
  EXPECT_EQ(lines.front()["first_seed"], 15);
  EXPECT_EQ(lines.back()["ev"], "run_end");
  EXPECT_EQ(lines.back()["seeds"], 10);
  std::vector<std::uint64_t> seeds;
  std::uint64_t operations = 0;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(lines[i]["ev"], "seed");
    EXPECT_EQ(lines[i]["outcome"], "passed");
    EXPECT_EQ(lines[i]["trace_hash"].get<std::string>().size(), 32U);
    seeds.push_back(lines[i]["seed"]);
    operations += lines[i]["operations"].get<std::uint64_t>();
  }
  std::ranges::sort(seeds);
  EXPECT_EQ(seeds, (std::vector<std::uint64_t>{15, 16, 17, 18, 19, 20, 21, 22, 23, 24}));
  EXPECT_EQ(operations, lines.back()["operations"]);
}

// Goal: --json is one document, and two shards add up to the whole. Method: sum figures of both halves.
TEST_F(SimToolTest, ShardsAddUp) {
  const auto figures = [&](const std::string& more) {
    const Said said = sim(fmt::format("run --seeds 0:15 {} --json {}", kSmall, more));
    EXPECT_EQ(said.code, 0);
    return Json::parse(said.out);
  };
  const Json whole = figures("");
  const Json left = figures("--shard 0/2");
  const Json right = figures("--shard 1/2");
  EXPECT_EQ(left["seeds"], 8);
  EXPECT_EQ(right["seeds"], 7);
  for (const char* name : {"seeds", "operations", "writes", "crashes", "recoveries", "steps", "file_calls"}) {
    EXPECT_EQ(left[name].get<std::uint64_t>() + right[name].get<std::uint64_t>(), whole[name]) << name;
  }
  EXPECT_EQ(whole["operations_asked"], 40);
}

// Goal: --time bounds the run, and nothing else does. Method: one second. Expectation: it ends, not before that; exit 0
// with whatever seeds there was time for, 4 if for none.
TEST_F(SimToolTest, Time) {
  const Said said = sim(fmt::format("run --time 1s {} --json", kSmall));
  const Json figures = Json::parse(said.out);
  EXPECT_EQ(said.code, figures["seeds"] > 0 ? 0 : 4);
  EXPECT_GE(figures["wall_ns"], 1'000'000'000);
}

// Goal: marks are listed, and may be demanded. Method: the table; a run too small to reach them all. Expectation: every
// mark has its line; exit 1 that names the missing.
TEST_F(SimToolTest, Marks) {
  const Said table = sim("marks --seeds 0:5");
  EXPECT_EQ(table.code, 0);
  for (const std::string& name : all_marks()) {
    EXPECT_TRUE(contains(table.out, fmt::format("  {} ", name))) << name;
    EXPECT_TRUE(contains(table.out, fmt::format("  {}\n", meaning_of_mark(name)))) << name;
  }
  const Said demanded = sim("run --seeds 0:2 --ops 5 --crashes 1 --require-marks");
  EXPECT_EQ(demanded.code, 1);
  EXPECT_TRUE(demanded.err.starts_with("marks never reached: ")) << demanded.err;
}

// Goal: a seed replays by its number. Method: run it with JSON lines, replay it, print its trace. Expectation: exit 0,
// the same hash.
TEST_F(SimToolTest, ReplaysASeed) {
  ASSERT_EQ(sim(fmt::format("run --seed 3 {} --no-liar --fs posix --jsonl run.jsonl", kSmall)).code, 0);
  const std::string hash = read_lines("run.jsonl")[1]["trace_hash"];
  const Said said = sim(fmt::format("replay 3 {} --no-liar --fs posix", kSmall));
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.out.starts_with("seed 3 is clean: ") && contains(said.out, " 2 crashes, trace " + hash)) << said.out;
  const Said traced = sim(fmt::format("replay 3 {} --no-liar --fs posix --trace", kSmall));
  EXPECT_TRUE(traced.out.starts_with("0 ")) << traced.out.substr(0, 80);
  EXPECT_GT(std::ranges::count(traced.out, '\n'), 500);
}

// Goal: a scenario file replays in another process and another directory. Method: write it here, replay it from /.
TEST_F(SimToolTest, ReplaysAFileAnywhere) {
  write_repro("clean.repro", [](Repro&) {});
  Said said = shell("cd / && '" MYLONITE_SIM "' replay '" + path("clean.repro") + "'");
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.out.starts_with("reproduced: a clean run, trace ")) << said.out;
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(sim("replay clean.repro").out, said.out);
}

// Goal: a replay that is not what the file observed says so. Method: alter the rule, the hash. Expectation: exit 6 with
// expected and found.
TEST_F(SimToolTest, DidNotReproduce) {
  write_repro("rule.repro", [](Repro& repro) { repro.rule = "lost"; });
  Said said = sim("replay rule.repro");
  EXPECT_EQ(said.code, 6);
  EXPECT_TRUE(said.err.starts_with("did not reproduce: expected rule lost, found a clean run\n")) << said.err;
  EXPECT_TRUE(contains(said.err, "made by")) << said.err;
  write_repro("hash.repro", [](Repro& repro) { repro.trace_hash = std::string(32, '0'); });
  said = sim("replay hash.repro");
  EXPECT_EQ(said.code, 6);
  EXPECT_TRUE(said.err.starts_with("did not reproduce: trace hash: expected 0000")) << said.err;
  write_repro("unmet.repro", [](Repro& repro) {
    repro.scenario.incarnations[0].recorded->schedule.push_back({.fiber = 99, .step = 1, .next = 1});
  });
  said = sim("replay unmet.repro");
  EXPECT_EQ(said.code, 6);
  EXPECT_TRUE(said.err.starts_with("stale: expected a clean run, found a clean run, but")) << said.err;
  EXPECT_TRUE(contains(said.err, "the code has changed since\n")) << said.err;
}

// Goal: a file of another program is told as the reason. Method: a replay that differs, of a file made by `other`.
TEST_F(SimToolTest, DidNotReproduceInAnotherProgram) {
  const std::string reason = "; the file was made by other, this is mylonite-sim: another store or other policies\n";
  write_repro("rule.repro", [](Repro& repro) {
    repro.program = "other";
    repro.rule = "lost";
  });
  EXPECT_TRUE(
      sim("replay rule.repro").err.starts_with("did not reproduce: expected rule lost, found a clean run" + reason));
  write_repro("unmet.repro", [](Repro& repro) {
    repro.program = "other";
    repro.scenario.incarnations[0].recorded->schedule.push_back({.fiber = 99, .step = 1, .next = 1});
  });
  const Said said = sim("replay unmet.repro");
  EXPECT_TRUE(contains(said.err, "recorded decisions were never met" + reason)) << said.err;
  EXPECT_FALSE(contains(said.err, "the code has changed")) << said.err;
}

// Goal: options of the generator are not silently ignored. Method: each of them, with a file. Expectation: exit 2, the
// option named.
TEST_F(SimToolTest, OptionsOfASeedDoNotGoWithAFile) {
  write_repro("clean.repro", [](Repro&) {});
  for (const std::string option : {"--ops 1000", "--crashes 10", "--profile default", "--fs posix", "--liar"}) {
    const Said said = sim("replay clean.repro " + option);
    EXPECT_EQ(said.code, 2) << option;
    EXPECT_TRUE(contains(said.err, option.substr(0, option.find(' ')) + " is for a seed; ")) << said.err;
  }
}

// Goal: a file that cannot be read is named with the reason. Method: none, no JSON, cut, edited, too new, a
// number that is no seed. Expectation: exit 5, with the next step; the file's seed is found if it can be read.
TEST_F(SimToolTest, UnreadableFiles) {
  write_repro("good.repro", [](Repro&) {});
  const std::string good = read("good.repro");
  write("garbage.repro", "once upon a time");
  write("cut.repro", good.substr(0, good.size() / 2));
  std::string edited = good;
  edited.replace(edited.find("\"seed\": \"7\""), 11, "\"seed\": \"8\"");
  write("edited.repro", edited);
  std::string newer = good;
  newer.insert(newer.find("\"min_reader\": ") + 14, "9");
  write("newer.repro", newer);
  struct Case {
    std::string name;
    std::string reason;
    std::string next;
  };
  const std::string neither = ": neither a seed (0 to 18446744073709551615) nor a scenario file\n";
  for (const auto& [name, reason, next] :
       {Case{"absent.repro", neither, "give a seed, or the .repro file"},
        {"18446744073709551616", neither, "give a seed, or the .repro file"},
        {"garbage.repro", "not a JSON document", "use an undamaged copy of the file"},
        {"cut.repro", "not a JSON document", "use an undamaged copy"},
        {"edited.repro", "was the file edited?", "mylonite-sim run --seed 8` with its run's options"},
        {"newer.repro", "needs a reader of format 9", "use the newer version that wrote it"}}) {
    const Said said = sim("replay " + name);
    EXPECT_EQ(said.code, 5) << name;
    EXPECT_TRUE(contains(said.err, name)) << said.err;
    EXPECT_TRUE(contains(said.err, reason)) << said.err;
    EXPECT_TRUE(contains(said.err.substr(said.err.find("\n  ") + 1), next)) << said.err;
  }
}

// Goal: a run that could not keep its results is not begun. Method: JSON lines into a directory that is not there, a
// file where the directory of scenario files should be. Expectation: exit 7, the path named, nothing ran.
TEST_F(SimToolTest, UnwritableResults) {
  write("in_the_way", "a file");
  for (const auto& [option, path] : {std::pair{"--jsonl", "nowhere/run.jsonl"}, {"--out", "in_the_way"}}) {
    const Said said = sim(fmt::format("run --seeds 0:3 {} {} {}", kSmall, option, path));
    EXPECT_EQ(said.code, 7);
    EXPECT_TRUE(contains(said.err, path)) << said.err;
    EXPECT_EQ(said.out, "");
  }
}

// Goal: what is known is kept as it becomes known. Method: kill -9 within a run, once three lines stand. Expectation:
// whole lines of the seeds so far, under the temporary name only.
TEST_F(SimToolTest, LinesStandAsSeedsEnd) {
  const Said said = shell(fmt::format(R"sh('{}' run --seeds 0:1000000 {} --jsonl run.jsonl & id=$!
    until [ "$(wc -l <run.jsonl.part)" -ge 3 ]; do sleep 0.01; done
    kill -KILL "$id"
    wait "$id")sh",
                                      MYLONITE_SIM, kSmall));
  EXPECT_NE(said.code, 0);
  EXPECT_EQ(names(), std::vector<std::string>{"run.jsonl.part"});
  const std::string text = read("run.jsonl.part");
  EXPECT_TRUE(text.starts_with("{\"ev\":\"run_start\"")) << text.substr(0, 80);
  EXPECT_GT(std::ranges::count(text, '\n'), 2);
}

// Runs `program` beside the shell and sends it a signal once it has used 0.2 s of processor time, however long that
// takes.
std::string interrupted(const std::string& program, const std::string& signal) {
  // A shell's background job ignores SIGINT, and a program leaves it so.
  return "env --default-signal=INT " + program + R"( & id=$!
    until [ "${state-}" = Z ] || [ "${ticks-0}" -ge $(($(getconf CLK_TCK) / 5)) ]; do
      sleep 0.01
      read -r _ _ state _ _ _ _ _ _ _ _ _ _ ticks _ <"/proc/$id/stat"
    done
    kill -)" +
         signal + R"( "$id"
    wait "$id")";
}

// Goal: an interrupt keeps what there is. Method: SIGINT or SIGTERM within the first seed, which makes file calls for
// several times the processor time that is waited for: an interrupt is noticed at a file call. Expectation: an answer
// at once; exit 130 or 143, a scenario file that reads, whole JSON lines that say so.
TEST_F(SimToolTest, Interrupted) {
  for (const std::string signal : {"INT", "TERM"}) {
    const Said said =
        shell(interrupted("'" MYLONITE_SIM "' run --seeds 1:1000 --ops 100000 --crashes 0 --profile smoke "
                          "--out " +
                              signal + " --jsonl run.jsonl",
                          signal));
    EXPECT_EQ(said.code, signal == "INT" ? 130 : 143);
    EXPECT_TRUE(contains(said.out, " interrupted, clean so far")) << said.out;
    const std::uint64_t before = read_lines("run.jsonl").back()["seeds"];
    const std::uint64_t seed = 1 + before;
    const std::string file = fmt::format("{}/interrupted-seed-{}.repro", signal, seed);
    EXPECT_TRUE(contains(said.err, "interrupted; the program ends when the seeds that run have stopped; ")) << said.err;
    EXPECT_TRUE(contains(said.err, fmt::format("interrupted in seed {}; its run so far: {}", seed, file))) << said.err;
    const auto kept = decode_repro(read(file));
    ASSERT_TRUE(kept.ok()) << kept.error().to_string();
    EXPECT_EQ(kept->scenario.seed, seed);
    EXPECT_EQ(read_lines("run.jsonl").back()["interrupted"], true);
  }
}

}  // namespace
}  // namespace mylonite::sim
