// The scenario files in tests/scenarios: failures that were found once, and stories that the store must get right;
// in witnesses/, failures of planted bugs (each is named after its bug); in old-formats/, files that old versions
// wrote.
//
// What is demanded of every file: the store passes, whatever the file observed when it was recorded; the replay is
// deterministic (twice the same hash, and what it records replays to the same). Of the stories below also that they
// still tell what they are named for. A file whose decisions are not all met says nothing: it is counted as stale. The
// sound store leaves the way of a witness where the bug would have shown, so many are stale here by nature; that they
// still fail with the bug in is what tests/mutants/witnesses.sh checks.
//
// What is not demanded: the trace hash in the file. It changes with every honest change of the engine's formats or file
// calls, so demanding it would only train people to record again without looking; and a loss of determinism shows
// without it, here and, between compilers, in `./dev soak matrix`. A stale hash is reported, not failed.
//
// To record the stories again (the first seed of the generator that tells each):
//   MYLONITE_RECORD_SCENARIOS=1 BUILD_DIR/tests/sim_test --gtest_filter='ScenariosTest.*'
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/machine/fiber.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"

namespace mylonite::sim {
namespace {

namespace fs = std::filesystem;

struct Story {
  const char* name;
  GeneratorOptions options;
  bool (*told)(const RunStats& stats);
};

const std::vector<Story>& stories() {
  static const std::vector<Story> kStories = {
      {.name = "crashes-inside-recovery.repro",
       .options = {.operations = 30, .crashes = 3, .liar = false},
       .told = [](const RunStats& stats) { return stats.nested_depth_max >= 2 && stats.recoveries > 0; }},
      {.name = "loud-on-a-lying-disk.repro",
       .options = {.operations = 40, .crashes = 3, .liar = true},
       .told =
           [](const RunStats& stats) { return stats.reported_damage > 0 && stats.recoveries > 0 && stats.lies > 1; }},
      {.name = "torn-logs-reordered-names.repro",
       .options =
           {.operations = 40, .crashes = 3, .profile = "harsh", .names = faultfs::NameOrder::kPosix, .liar = false},
       .told = [](const RunStats& stats) {
         return stats.coverage.count("wal.torn_tail") > 0 && stats.acknowledged_lost.size() >= 2;
       }}};
  return kStories;
}

fs::path folder() { return MYLONITE_SOURCE_DIR "/tests/scenarios"; }

std::vector<fs::path> files() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.path().extension() == ".repro") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

Repro read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  const auto repro = decode_repro(text.str());
  if (repro.ok()) return *repro;
  ADD_FAILURE() << path << ": " << repro.error().to_string();
  return {};
}

void record(const Story& story) {
  StackPool stacks;
  for (std::uint64_t seed = 0;; ++seed) {
    const Outcome outcome = run(generate(seed, story.options), stacks);
    if (outcome.failure || !story.told(outcome.stats)) continue;
    std::ofstream(folder() / story.name, std::ios::binary) << encode_repro(repro_of(outcome), outcome.recent);
    return;
  }
}

bool asked_to_record() { return std::getenv("MYLONITE_RECORD_SCENARIOS") != nullptr; }

// Goal: each story is there, small, and tells what it is named for. Method: replay it; look at the figures.
TEST(ScenariosTest, StoriesAreTold) {
  StackPool stacks;
  for (const Story& story : stories()) {
    if (asked_to_record()) record(story);
    const fs::path path = folder() / story.name;
    ASSERT_TRUE(fs::exists(path)) << path;
    EXPECT_LT(fs::file_size(path), 60'000U);
    EXPECT_TRUE(story.told(run(read(path).scenario, stacks).stats))
        << path << " no longer shows what it is named for: record it again (see the top of scenarios_test.cc)";
  }
}

// Goal: the store passes every scenario there is, and each is deterministic. Method: replay each file twice, and what
// the replay recorded. Expectation: no violation, one hash.
TEST(ScenariosTest, AllPass) {
  StackPool stacks;
  std::size_t reproduced = 0, fixed = 0, other_trace = 0, stale = 0;
  ASSERT_GE(files().size(), stories().size());
  for (const fs::path& path : files()) {
    SCOPED_TRACE(path.filename());
    const Repro repro = read(path);
    const Outcome first = run(repro.scenario, stacks);
    if (first.failure) ADD_FAILURE() << first.failure->rule << ": " << first.failure->what;
    const bool story = path.parent_path() == folder();
    EXPECT_FALSE(story && first.nothing_ran);
    EXPECT_TRUE(first.faithful || !story) << "stale: record it again (see the top of scenarios_test.cc)";
    EXPECT_EQ(run(repro.scenario, stacks).trace_hash, first.trace_hash);
    EXPECT_EQ(run(first.recorded, stacks).trace_hash, first.trace_hash);
    switch (verdict_of(repro, first)) {
      case Verdict::kReproduced: ++reproduced; break;
      case Verdict::kOtherRule: ++fixed; break;
      case Verdict::kOtherTrace: ++other_trace; break;
      case Verdict::kStale: ++stale; break;
    }
  }
  std::cout << files().size() << " files: " << reproduced << " reproduced, " << fixed
            << " followed and without their failure, " << other_trace << " with another trace, " << stale << " stale\n";
}

}  // namespace
}  // namespace mylonite::sim
