// Golden scripts: the shape of a tree in, a policy's decision out, as text (tests/compaction/*.txt).
//
// A script is a list of cases with a blank line between them; '#' begins a comment line.
//   policy NAME                 of this case and those behind it, as set, now and floor are
//   set OPTION VALUE
//   now N | floor N             in seconds of stamps; floor also `top`
//   level ... | running ...     tests/compaction/tree.h
//   reads TABLE PROBES WASTED
//   state TEXT
//   snapshot held
//   > line                      what is expected: the job, why, what was rejected; or "nothing"; then the policy's new
//                               state, wake and pressure
#include <mylonite/options.h>

#include "core/compaction/policies.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <mylonite/random.h>
#include "core/compaction/chooser.h"

#include "core/compaction/legality.h"
#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

struct Case {
  std::string name;
  std::optional<ConfiguredPolicy> policy;
  Options options;
  Timestamp now;
  Timestamp floor;
  std::vector<std::string> levels;
  std::vector<std::string> running;
  std::vector<TableReads> reads;
  std::string state;
  bool snapshot = false;
  std::string expected;
};

std::vector<Case> cases_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in.is_open());
  std::vector<Case> cases;
  Case next;
  auto end_case = [&] {
    if (!next.expected.empty()) cases.push_back(next);
    next.levels.clear();
    next.running.clear();
    next.reads.clear();
    next.state.clear();
    next.snapshot = false;
    next.expected.clear();
  };
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word.empty()) end_case();
    if (word.starts_with("#") || word.empty()) continue;
    next.name = file.filename().string() + ":" + std::to_string(number);
    std::string value;
    if (word == "level") {
      next.levels.push_back(line);
    } else if (word == "running") {
      next.running.push_back(line);
    } else if (word == "reads") {
      TableReads& reads = next.reads.emplace_back();
      words >> reads.number.value >> reads.probes >> reads.wasted;
    } else if (word == "snapshot") {
      next.snapshot = true;
    } else if (word == ">") {
      next.expected += line.substr(2) + "\n";
    } else if (word == "set") {
      words >> word >> value;
      EXPECT_TRUE(set_option(next.options, word, value).ok()) << next.name;
    } else if (words >> value; word == "policy") {
      auto policy = configure_policy(standard_policies(), value);
      EXPECT_TRUE(policy.ok()) << next.name;
      if (policy.ok()) next.policy = std::move(*policy);
    } else if (word == "state") {
      next.state = line.substr(6);
    } else {
      const Timestamp at = value == "top" ? kTimestampMax : Timestamp{std::stoull(value) * kTicksPerSecond};
      (word == "now" ? next.now : next.floor) = at;
    }
  }
  end_case();
  return cases;
}

std::string decide(const Case& each) {
  VersionEdit edit;
  for (const std::string& line : each.levels) add_level(edit, line);
  for (VersionEdit::Added& added : edit.added) {
    added.table.oldest.ticks *= kTicksPerSecond;
    added.table.newest.ticks *= kTicksPerSecond;
    if (added.table.oldest_tombstone != kTimestampMax) added.table.oldest_tombstone.ticks *= kTicksPerSecond;
  }
  const Version version = version_of(edit);
  std::vector<RunningJob> running;
  for (const std::string& line : each.running) running.push_back(running_of(version, line));
  const PolicyView view{.levels = version.levels,
                        .running = running,
                        .options = each.options,
                        .now = each.now,
                        .floor = each.floor,
                        .expire_max = each.snapshot ? kTimestampMin : kTimestampMax,
                        .state = each.state,
                        .parameters = each.policy->parameters,
                        .reads = each.reads};
  const Choice choice = choose(*each.policy, view);
  std::ostringstream out;
  if (choice.job) {
    const Status legal = check_legal(version.levels, running, *choice.job);
    EXPECT_TRUE(legal.ok()) << each.name << ": " << legal.error().to_string();
    out << text_of(*choice.job) << '\n' << choice.job->why.trigger << '\n';
    for (const Candidate& other : choice.job->why.rejected) out << "not " << other.what << " (" << other.score << ")\n";
  } else {
    out << "nothing\n";
  }
  if (choice.job && choice.next_state != each.state) out << "state " << choice.next_state << '\n';
  if (choice.wake_at) out << "wake at " << choice.wake_at->ticks / kTicksPerSecond << '\n';
  const Pressure pressure = pressure_of(choice.level0.pressure, view.levels);
  if (pressure.level == Pressure::Level::kSlowdown) out << "slowdown: " << pressure.cause << '\n';
  if (pressure.level == Pressure::Level::kStop) out << "stop: " << pressure.cause << '\n';
  return out.str();
}

// Goal: policies decide as their sources say. Method: every script beside this file. Expectation: the choice, its
// reasons, wake and pressure, word for word; and every job is legal. Every policy that decides has a script.
TEST(Policy, Scripts) {
  std::size_t cases = 0;
  std::set<std::string> missing;
  for (const CompactionPolicy& each : standard_policies()) missing.insert(each.name);
  for (const auto& entry : std::filesystem::directory_iterator(MYLONITE_SOURCE_DIR "/tests/compaction")) {
    if (entry.path().extension() != ".txt" || entry.path().filename() == "CMakeLists.txt") continue;
    for (const Case& each : cases_of(entry.path())) {
      ASSERT_TRUE(each.policy) << each.name;
      EXPECT_EQ(decide(each), each.expected) << each.name;
      missing.erase(each.policy->policy.name);
      ++cases;
    }
  }
  EXPECT_GT(cases, 20U);
  EXPECT_EQ(missing, std::set<std::string>{"random_legal"}) << "all but a random policy have a script";
}

// Goal: writers never wait for a merge that nobody starts. Method: every policy over a level 0 of up to 60 runs, of
// random sizes in random ranges of keys, with the limits as they are; nothing runs. Expectation: where writers are
// stopped, there is a job. Policies that merge no level 0 do not press.
TEST(Policy, WhatStopsWritersIsMerged) {
  Random random(11);
  const Options options;
  std::size_t stops = 0;
  for (int round = 0; round < 400; ++round) {
    std::string line = "level 0:";
    std::uint64_t number = 1000;
    const bool sequential = random.chance(1, 4);
    for (std::uint64_t run = random.between(30, 60); run > 0; --run) {
      line += " run " + std::to_string(run) + " =";
      const auto at = static_cast<char>('a' + static_cast<char>(sequential ? run % 26 : random.below(22)));
      const auto end = static_cast<char>(sequential ? at : at + static_cast<char>(random.below(4)));
      const std::uint64_t bytes = 1ULL << random.between(4, 24);
      line += " " + std::to_string(number++) + ":" + at + "-" + end + ":" + std::to_string(bytes);
    }
    VersionEdit edit;
    add_level(edit, line);
    const Version version = version_of(edit);
    for (const CompactionPolicy& each : standard_policies()) {
      const auto policy = configure_policy(standard_policies(), each.name);
      const PolicyView view{.levels = version.levels,
                            .running = {},
                            .options = options,
                            .now = {},
                            .floor = {},
                            .parameters = policy->parameters};
      const Choice choice = choose(*policy, view);
      if (pressure_of(choice.level0.pressure, view.levels).level == Pressure::Level::kNone) continue;
      ++stops;
      EXPECT_TRUE(choice.job) << each.name << ": " << line;
    }
  }
  EXPECT_GT(stops, 5000U);
}

// Goal: no policy makes a level that the options do not allow. Method: every policy with every number of levels that is
// worth trying, over a level 0 of many runs; random_legal decides by chance, so the view's time varies.
TEST(Policy, MaxLevelsAreKept) {
  VersionEdit edit;
  std::string line = "level 0:";
  for (int run = 40; run > 10; --run) line += " run " + std::to_string(run) + " = " + std::to_string(run) + ":a-m:900";
  add_level(edit, line);
  const Version version = version_of(edit);
  std::size_t jobs = 0;
  for (const CompactionPolicy& each : standard_policies()) {
    const auto policy = configure_policy(standard_policies(), each.name);
    ASSERT_TRUE(policy.ok());
    for (const std::uint64_t levels : {1U, 2U, 4U}) {
      for (std::uint64_t second = 1; second <= 50; ++second) {
        Options options;
        options.max_levels = levels;
        const PolicyView view{.levels = version.levels,
                              .running = {},
                              .options = options,
                              .now = Timestamp{second * kTicksPerSecond},
                              .floor = {},
                              .parameters = policy->parameters};
        const Choice choice = choose(*policy, view);
        jobs += choice.job ? 1 : 0;
        if (choice.job) {
          EXPECT_LT(choice.job->to_level, levels) << each.name;
        }
      }
    }
  }
  EXPECT_GT(jobs, 1000U);
}

}  // namespace
}  // namespace mylonite::testing
