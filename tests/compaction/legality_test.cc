#include "core/compaction/legality.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include <mylonite/compaction_shape.h>
#include <mylonite/random.h>

#include "core/compaction/chooser.h"
#include "core/compaction/policies.h"
#include "tests/compaction/tree.h"

namespace mylonite::testing {
namespace {

// A tree by its data: every table holds exactly some keys of a..j, and the range from its first to its last.
constexpr int kKeys = 10;

std::string key_name(std::uint64_t key) { return std::string(1, static_cast<char>('a' + key)); }

// Random levels of random runs of disjoint tables; numbers ascend.
Version random_tree(Random& random) {
  VersionEdit edit;
  std::uint64_t number = 1;
  std::uint64_t run = 100;
  const std::uint64_t levels = random.between(1, 4);
  for (std::uint32_t level = 0; level < levels; ++level) {
    for (std::uint64_t runs = random.below(4); runs > 0; --runs) {
      --run;
      for (std::uint64_t low = random.below(4); low < kKeys;) {
        const std::uint64_t high = std::min<std::uint64_t>(kKeys - 1, low + random.below(4));
        const bool border = high > low && random.chance(1, 3);
        std::string text = std::to_string(number++) + ":" + key_name(low) + "-" + key_name(high);
        if (border) text += ")";
        edit.added.push_back({.level = level, .run = RunId{run}, .table = table_of(text + ":100")});
        low = high + (border ? 0 : 1) + random.below(4);
      }
    }
  }
  return version_of(edit);
}

std::vector<std::uint64_t> keys_in(const TableInfo& table) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    const std::string name = key_name(key);
    if (overlap(key_range(table), {.low = name, .high = name})) keys.push_back(key);
  }
  return keys;
}

// A job of random tables of any runs to anywhere.
CompactionJob random_job(const Version& version, Random& random) {
  CompactionJob job;
  const std::uint64_t one_in = random.between(1, 6);
  for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      if (!random.chance(1, 2)) continue;
      CompactionInput input{.level = level, .run = run.id, .tables = {}};
      for (const TableInfo& table : run.tables) {
        if (random.chance(1, one_in)) input.tables.push_back(table.number);
      }
      if (!input.tables.empty()) job.inputs.push_back(std::move(input));
    }
  }
  job.to_level = static_cast<std::uint32_t>(random.below(version.levels.size() + 1));
  const auto runs = runs_of(version.levels, job.to_level);
  if (!runs.empty() && random.chance(2, 3)) job.into = runs[random.below(runs.size())].id;
  job.move = random.chance(1, 5);
  return job;
}

// The definition, by keys: each table holds a version of each key of its range, as old as its place says; after the job
// every key's versions must be met newest first, and the output's run may hold nothing else within the inputs' hull.
bool brute_legal(const Version& version, const CompactionJob& job) {
  if (job.inputs.empty() || (!job.into && job.to_level == 0)) return false;
  std::map<FileNumber, int> age;
  std::map<FileNumber, RunPosition> before;
  int next_age = 0;
  for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      ++next_age;
      for (const TableInfo& table : run.tables) {
        age[table.number] = next_age;
        before[table.number] = {.level = level, .run = run.id};
      }
    }
  }
  std::set<FileNumber> inputs;
  for (const CompactionInput& input : job.inputs) inputs.insert(input.tables.begin(), input.tables.end());
  std::set<std::uint64_t> input_keys;
  for (int key = 0; key < kKeys; ++key) {
    std::map<RunPosition, std::pair<int, int>, NewerFirst> ages;  // newest and oldest at each place
    int found_inputs = 0;
    for (const TableInfo* table : version.tables()) {
      if (!std::ranges::count(keys_in(*table), static_cast<std::uint64_t>(key))) continue;
      const bool input = inputs.contains(table->number);
      found_inputs += input ? 1 : 0;
      if (input) input_keys.insert(static_cast<std::uint64_t>(key));
      const RunPosition position = input ? job.output() : before[table->number];
      const int own = age[table->number];
      const auto [at, fresh] = ages.try_emplace(position, own, own);
      at->second = {std::min(at->second.first, own), std::max(at->second.second, own)};
    }
    if (job.move && found_inputs > 1) return false;
    int last = 0;
    for (const auto& [position, span] : ages) {
      if (span.first <= last) return false;
      last = span.second;
    }
  }
  if (input_keys.empty()) return true;
  for (const TableInfo* table : version.tables()) {
    if (inputs.contains(table->number) || before[table->number] != job.output()) continue;
    for (std::uint64_t key : keys_in(*table)) {
      if (key >= *input_keys.begin() && key <= *input_keys.rbegin()) return false;
    }
  }
  return true;
}

// Goal: legality is exact. Method: random trees and random jobs against the definition by keys, where every table
// holds every key of its range. Expectation: the same verdict; both verdicts occur often.
TEST(Legality, AgreesWithTheDefinition) {
  Random random(1);
  int legal = 0;
  int illegal = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Version version = random_tree(random);
    const CompactionJob job = random_job(version, random);
    const bool expected = brute_legal(version, job);
    const Status verdict = check_legal(version.levels, {}, job);
    ASSERT_EQ(verdict.ok(), expected) << "tree " << i << ": " << text_of(job)
                                      << (verdict.ok() ? "" : verdict.error().to_string());
    (expected ? legal : illegal) += 1;
  }
  EXPECT_GT(legal, 2000);
  EXPECT_GT(illegal, 2000);
}

// What the job leaves: one table over all its keys, or the moved ones.
VersionEdit carried_out(const Version& version, const RunningJob& job, std::uint64_t number) {
  VersionEdit edit;
  std::set<FileNumber> inputs;
  for (const CompactionInput& input : job.inputs) inputs.insert(input.tables.begin(), input.tables.end());
  edit.removed.assign(inputs.begin(), inputs.end());
  TableInfo whole;
  whole.number = FileNumber{number};
  whole.smallest = internal_key(job.low, Timestamp{9}, Kind::kPut);
  whole.largest = internal_key(job.high, Timestamp{1}, Kind::kPut);
  if (!job.high_included) {
    whole.largest.clear();
    append_internal_key(whole.largest, job.high, kBorderTrailer);
  }
  whole.file_bytes = 100;
  edit.added.push_back({.level = job.output.level, .run = job.output.run, .table = whole});
  edit.next_file = std::max(version.next_file, FileNumber{number + 1});
  return edit;
}

// The same with the sum of the inputs' bytes, and their tombstones where older data remains.
VersionEdit carried_out_as_engine(const Version& version, const RunningJob& job, std::uint64_t number) {
  VersionEdit edit = carried_out(version, job, number);
  TableInfo& whole = edit.added.front().table;
  whole.file_bytes = 0;
  bool older_data = false;
  for (std::uint32_t level = 0; level < version.levels.size(); ++level) {
    for (const Run& run : version.levels[level].runs) {
      for (const TableInfo& table : run.tables) {
        if (std::ranges::count(edit.removed, table.number) > 0) {
          whole.file_bytes += table.file_bytes;
          whole.oldest_tombstone = std::min(whole.oldest_tombstone, table.oldest_tombstone);
        } else if (newer(job.output, {.level = level, .run = run.id}) && overlap(key_range(table), job.hull())) {
          older_data = true;
        }
      }
    }
  }
  if (!older_data) whole.oldest_tombstone = kTimestampMax;
  return edit;
}

// Which versions of each key a reader meets, in its order; merged ones as one set.
using Met = std::map<int, std::vector<std::set<std::uint64_t>>>;
Met met(const Version& version, const std::map<FileNumber, std::map<int, std::set<std::uint64_t>>>& data) {
  Met all;
  for (const Level& level : version.levels) {
    for (const Run& run : level.runs) {
      for (const TableInfo& table : run.tables) {
        for (const auto& [key, versions] : data.at(table.number)) all[key].push_back(versions);
      }
    }
  }
  return all;
}

// Goal: jobs that are legal beside one another may end in any order. Method: random trees; up to four random jobs, each
// accepted while the others run (some end early and new ones start, ids as the engine gives them), and flushes; ended
// in random order, with tables as wide as the inputs' hull. Expectation: every edit fits (disjoint runs), and every
// key's versions are met newest first at every moment.
TEST(Legality, RunningJobsMayEndInAnyOrder) {
  Random random(2);
  int together = 0;
  for (int i = 0; i < 2500; ++i) {
    Version version = random_tree(random);
    std::map<FileNumber, std::map<int, std::set<std::uint64_t>>> data;
    std::uint64_t age = 100;
    for (const TableInfo* table : version.tables()) {
      ++age;  // larger is older: tables come newest first
      for (std::uint64_t key : keys_in(*table)) data[table->number][static_cast<int>(key)].insert(age);
    }
    std::vector<RunningJob> running;
    std::uint64_t next = 1000;
    for (int step = 0; step < 30; ++step) {
      if (random.chance(1, 5)) {  // a flush
        const std::uint64_t number = next++;
        const TableInfo fresh = table_of(std::to_string(number) + ":b-h:100");
        for (std::uint64_t key : keys_in(fresh)) {
          data[fresh.number][static_cast<int>(key)].insert(100 - static_cast<std::uint64_t>(step));
        }
        VersionEdit edit = add_run(0, RunId{number}, {fresh});
        const auto after = apply(version, edit);
        ASSERT_TRUE(after.ok()) << after.error().to_string();
        version = *after;
      }
      const CompactionJob job = random_job(version, random);
      if (running.size() < 4 && check_legal(version.levels, running, job).ok()) {
        running.push_back(start_job(version.levels, job, next++));
        together += running.size() > 1 ? 1 : 0;
      }
      if (running.empty() || random.chance(2, 3)) continue;
      const std::size_t ending = random.below(running.size());
      const RunningJob ended = running[ending];
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(ending));
      const std::uint64_t number = next++;
      auto& merged = data[FileNumber{number}];
      for (const CompactionInput& input : ended.inputs) {
        for (FileNumber table : input.tables) {
          for (const auto& [key, versions] : data.at(table)) merged[key].insert(versions.begin(), versions.end());
        }
      }
      const auto after = apply(version, carried_out(version, ended, number));
      ASSERT_TRUE(after.ok()) << after.error().to_string();
      version = *after;
      for (const auto& [key, order] : met(version, data)) {
        for (std::size_t n = 1; n < order.size(); ++n) ASSERT_LT(*order[n - 1].rbegin(), *order[n].begin());
      }
    }
  }
  EXPECT_GT(together, 500);
}

// Goal: mistakes are told. Method: one job each. Expectation: kInvalidArgument with the words.
TEST(Legality, SaysWhatIsWrong) {
  const Version version = tree("level 0: run 9 = 9:a-m:1 run 7 = 7:c-z:1\nlevel 1: run 3 = 3:a-f:1 4:g-k:1\n");
  const CompactionInput nine{.level = 0, .run = RunId{9}, .tables = {FileNumber{9}}};
  const CompactionInput three{.level = 1, .run = RunId{3}, .tables = {FileNumber{3}}};
  auto verdict = [&](const CompactionJob& job, std::span<const RunningJob> running = {}) {
    const Status legal = check_legal(version.levels, running, job);
    return legal.ok() ? "legal" : legal.error().message();
  };
  EXPECT_EQ(verdict({.inputs = {}, .to_level = 1}), "illegal compaction: no inputs");
  EXPECT_EQ(verdict({.inputs = {nine}, .to_level = 0}), "illegal compaction: only a flush makes a new run of level 0");
  EXPECT_EQ(verdict({.inputs = {nine}, .to_level = 1}),
            "illegal compaction: a table of level 0 would pass table 7 of level 0");
  EXPECT_EQ(verdict({.inputs = {nine}, .to_level = 1, .into = RunId{8}}),
            "illegal compaction: level 1 has no run 8 to go into");
  EXPECT_EQ(verdict({.inputs = {nine, nine}, .to_level = 1}), "illegal compaction: a table of run 9 is named twice");
  EXPECT_EQ(verdict({.inputs = {three}, .to_level = 64}), "illegal compaction: there is no level 64");
  const CompactionJob fine{.inputs = {three}, .to_level = 2};
  EXPECT_EQ(verdict(fine), "legal");
  const std::vector<RunningJob> running = {start_job(version.levels, fine, 20)};
  EXPECT_EQ(verdict(fine, running), "illegal compaction: table 3 is in job 20");
}

// Goal: every policy works on every tree, alone and beside running jobs, and comes to rest. Method: random trees;
// each policy picks until it says nothing; jobs end with one wide table, moves too. Expectation: only legal jobs, and
// rest within a bounded number of jobs.
TEST(Legality, PoliciesAreLegalAndComeToRest) {
  Random random(3);
  const CompactionPolicies policies = standard_policies();
  for (int i = 0; i < 1500; ++i) {
    Version version = random_tree(random);
    Options options;
    options.compaction_threshold_bytes = 4096;
    options.max_levels = random.between(1, 4);
    options.level0_compact_runs = random.between(1, 4);
    options.runs_per_level_max = random.between(2, 3);
    options.tombstone_retention_seconds = random.below(2);
    for (Level& level : version.levels) {
      for (auto& run : level.runs) {
        for (TableInfo& table : run.tables) {
          table.file_bytes = random.between(1, 9000);
          if (random.chance(1, 4)) table.oldest_tombstone = Timestamp{random.between(1, 5)};
        }
      }
    }
    for (const CompactionPolicy& each : policies) {
      const ConfiguredPolicy policy = configure_policy(policies, each.name).value();
      Version now = version;
      std::string state;
      std::vector<RunningJob> running;
      int jobs = 0;
      for (std::uint64_t next = 1000;; ++next) {
        const PolicyView view{.levels = now.levels,
                              .running = running,
                              .options = options,
                              .now = Timestamp{100 * kTicksPerSecond},
                              .floor = kTimestampMax,
                              .state = state,
                              .parameters = policy.parameters};
        const Choice choice = choose(policy, view);
        if (!choice.job && running.empty()) break;
        if (choice.job) {
          const Status legal = check_legal(now.levels, running, *choice.job);
          ASSERT_TRUE(legal.ok()) << policy.text << ": " << legal.error().to_string();
          running.push_back(start_job(now.levels, *choice.job, next));
          state = choice.next_state;
          ASSERT_LT(++jobs, 300) << policy.text << " does not come to rest: " << text_of(*choice.job) << " "
                                 << choice.job->why.trigger;
        }
        if (running.size() < 3 && choice.job) continue;
        const auto after = apply(now, carried_out_as_engine(now, running.front(), ++next));
        ASSERT_TRUE(after.ok()) << after.error().to_string();
        now = *after;
        running.erase(running.begin());
      }
    }
  }
}

// A flushed run: up to three tables in random ranges of keys.
std::string random_run(Random& random, std::uint64_t number) {
  std::string line = "level 0: run " + std::to_string(number) + " =";
  int at = static_cast<int>(random.below(10));
  for (std::uint64_t i = 0; i < 3 && at < 24; ++i) {
    const int end = std::min(25, at + static_cast<int>(random.below(6)));
    line += " " + std::to_string(number + i) + ":" + static_cast<char>('a' + at) + "-" + static_cast<char>('a' + end) +
            ":" + std::to_string(1ULL << random.between(4, 14));
    at = end + (random.chance(1, 2) ? 26 : 1 + static_cast<int>(random.below(4)));
  }
  return line;
}

// Goal: writers never wait for a merge that nobody starts. Method: lives of a tree under each policy: flushes while
// writers may write, merges whenever the policy wants one, limits as low as options allow. Expectation: where writers
// are stopped and nothing runs, there is a job.
TEST(Legality, StoppedWritersGetAMerge) {
  Random random(11);
  std::uint64_t stops = 0;
  for (int life = 0; life < 60; ++life) {
    Options options;
    options.compaction_threshold_bytes = 4096;
    options.sstable_max_bytes = 1024;
    options.max_levels = random.between(1, 4);
    options.level0_compact_runs = random.between(1, 4);
    options.runs_per_level_max = random.between(2, 3);
    options.level0_slowdown_runs = random.between(1, 3);
    options.level0_stop_runs = options.level0_slowdown_runs + random.between(1, 2);
    for (const CompactionPolicy& each : standard_policies()) {
      const ConfiguredPolicy policy = configure_policy(standard_policies(), each.name).value();
      Version now;
      std::string state;
      std::uint64_t next = 100;
      for (int step = 0; step < 120; ++step) {
        const PolicyView view{.levels = now.levels,
                              .running = {},
                              .options = options,
                              .now = Timestamp{100 * kTicksPerSecond},
                              .floor = kTimestampMax,
                              .state = state,
                              .parameters = policy.parameters};
        const Choice choice = choose(policy, view);
        const bool stopped = pressure_of(choice.level0.pressure, now.levels).level == Pressure::Level::kStop;
        stops += static_cast<std::uint64_t>(stopped);
        ASSERT_TRUE(choice.job || !stopped) << policy.text << ", " << options.max_levels << " levels, state " << state;
        next += 10;
        VersionEdit edit;
        if (choice.job && (stopped || random.chance(1, 2))) {
          edit = carried_out_as_engine(now, start_job(now.levels, *choice.job, next), next + 1);
          state = choice.next_state;
        } else if (!stopped) {
          add_level(edit, random_run(random, next));
        }
        edit.next_file = FileNumber{next + 10};
        const auto after = apply(now, edit);
        ASSERT_TRUE(after.ok()) << policy.text << ": " << after.error().to_string();
        now = *after;
      }
    }
  }
  EXPECT_GT(stops, 1000U);
}

}  // namespace
}  // namespace mylonite::testing
