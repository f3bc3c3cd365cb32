// Compaction as a user of the store meets it: levels, policies that change, merges asked for, their history, expiry.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/compaction/policies.h"
#include "core/compaction/scheduler.h"
#include "core/store/internals.h"
#include "core/version/manifest.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

using Pairs = Session::Pairs;

Options tree_options(std::string_view policy) {
  Options options = small_options();
  options.compaction_policy = policy;
  options.memtable_max_bytes = 2048;
  options.compaction_threshold_bytes = 8192;
  options.level_size_ratio = 3;
  options.level0_compact_runs = 2;
  options.runs_per_level_max = 2;
  options.max_levels = 4;
  options.compaction_threads = 3;
  return options;
}

struct Heard final : EventListener {
  void on_compaction_begin(const JobRecord& job) override { begun.insert(job.id); }
  void on_compaction(const JobRecord& job) override {
    jobs.push_back(job);
    ended.insert(job.id);
  }
  void on_compaction_failed(const JobRecord& job, const Error&) override { ended.insert(job.id); }
  void on_compaction_paused(const Error& why) override { paused = why.to_string(); }
  std::vector<JobRecord> jobs;
  std::multiset<std::uint64_t> begun;
  std::multiset<std::uint64_t> ended;
  std::string paused;
};

// Puts, overwrites and removes; the model follows.
void churn(Store& store, std::map<std::string, std::string>& model, Random& random, int writes) {
  for (int i = 0; i < writes; ++i) {
    const std::string key = "key" + std::to_string(random.below(400));
    if (random.chance(1, 5)) {
      ASSERT_TRUE(store.remove(key).ok());
      model.erase(key);
    } else {
      model[key] = std::to_string(i) + std::string(random.below(60), 'v');
      put(store, key, model[key]);
    }
  }
}

// A policy has merged or moved tables since the store was opened.
bool has_merged(const Store& store) {
  const StoreStats stats = store.stats();
  return stats.merges + stats.moves > 0;
}

// Goal: any policy works on what any other left. Method: a store reopened under each policy and back, other levels and
// sizes each time, with three compaction threads on real threads. Writing goes on until a merge is in force: every
// flush asks the policy again. Expectation: always the model; merges happen, and the listener hears the end of each
// that began.
TEST(Compaction, PoliciesChangeAtReopen) {
  TestDisk disk(false);
  Random random(5);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 12; ++round) {
    static constexpr const char* kPolicies[] = {"one_lvl", "tier", "random_legal", "full", "none", "one_lvl"};
    Options options = tree_options(kPolicies[round % 6]);
    options.max_levels = 1 + static_cast<std::uint64_t>(round) % 5;
    options.tombstone_retention_seconds = 0;
    Heard heard;
    const auto store = open_store(disk.fs(), options, &heard);
    ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 600));
    while (options.compaction_policy != "none" && !has_merged(*store)) {
      ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 20));
      ASSERT_TRUE(store->flush().ok());
    }
    EXPECT_EQ(all(*store), Pairs(model.begin(), model.end())) << options.compaction_policy;
    ASSERT_TRUE(store->close().ok());
    EXPECT_EQ(heard.paused, "");
    EXPECT_EQ(heard.begun, heard.ended);
    EXPECT_TRUE(!heard.jobs.empty() || options.compaction_policy == "none") << round;
  }
}

// Goal: a program brings its own policy to open(). Method: one that merges level 0 downward from two runs on, with a
// parameter and a state that counts; reopened with it, and without. Expectation: its jobs, in its name with the
// parameter; the count goes on after the reopen; without it the open says which policies there are.
TEST(Compaction, PolicyOfOnesOwn) {
  StoreComponents components;
  components.compaction_policies.push_back(
      {.name = "mine",
       .what = "level 0 into level 1, counting",
       .parameters = {{.name = "runs", .fallback = 9, .low = 1, .high = 9, .meaning = "that start a merge"}},
       .rank =
           [](const PolicyView& view) {
             Ranking ranking;
             const auto runs = static_cast<std::size_t>(view.parameter("runs"));
             if (view.levels.empty() || view.levels[0].runs.size() < runs) return ranking;
             ranking.triggers.push_back({.what = "merge " + std::to_string(view.state.size() + 1)});
             ranking.candidates.push_back({.to_level = 1});
             return ranking;
           },
       .plan = [](const PolicyView& view,
                  const CompactionCandidate&) { return PlannedJob{.next_state = std::string(view.state) + "x"}; }});
  TestDisk disk(false);
  Options options = tree_options("mine:runs=2");
  for (int round = 1; round <= 2; ++round) {
    auto store = Store::open(disk.fs(), options, components);
    ASSERT_TRUE(store.ok()) << store.error().to_string();
    for (int i = 0; i < 2; ++i) {
      put(**store, "key", std::to_string(i));
      ASSERT_TRUE((*store)->flush().ok());
    }
    while ((*store)->stats().merges + (*store)->stats().moves == 0 || (*store)->stats().merges_running > 0) {
      rt::sleep_until(rt::monotonic_ns() + 1'000'000);
    }
    const auto version = StoreInternals::version(**store);
    EXPECT_EQ(version->jobs.back().policy, "mine:runs=2");
    EXPECT_EQ(version->jobs.back().why.trigger, "merge " + std::to_string(version->policy->state.size()));
    EXPECT_GE(version->policy->state.size(), static_cast<std::size_t>(round));
    ASSERT_TRUE((*store)->close().ok());
  }
  const auto refused = Store::open(disk.fs(), options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(),
            "option compaction_policy = 'mine:runs=2': expected one of " + policy_names(standard_policies()));
  EXPECT_TRUE(Store::open_read_only(disk.fs(), options).ok());
}

// Goal: more merges than threads may have begun, whatever the scheduler, and each ends. Method: one thread, up to four
// jobs in steps of 64 bytes, under a policy that finds many; clients write, and the store closes amid merges.
// Expectation: always the model, also after a reopen; several had begun at once, and the listener heard each end.
TEST(Compaction, MergesShareAThread) {
  for (const Scheduler& scheduler : schedulers()) {
    TestDisk disk(false);
    Random random(7);
    std::map<std::string, std::string> model;
    Options options = tree_options("random_legal");
    options.compaction_threads = 1;
    options.compaction_jobs_max = 4;
    options.compaction_step_bytes = 64;
    options.compaction_scheduler = scheduler.name;
    std::uint64_t most = 0;
    while (most < (scheduler.gives_way ? 2U : 1U)) {
      Heard heard;
      const auto store = open_store(disk.fs(), options, &heard);
      for (int i = 0; i < 50; ++i) {
        ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 20));
        most = std::max(most, store->stats().merges_running);
      }
      EXPECT_EQ(all(*store), Pairs(model.begin(), model.end())) << scheduler.name;
      ASSERT_TRUE(store->close().ok());
      EXPECT_EQ(heard.paused, "");
      EXPECT_EQ(heard.begun, heard.ended) << scheduler.name;
    }
    EXPECT_TRUE(scheduler.gives_way || most == 1) << "nobody gives way to a second one";
  }
}

// Goal: reads alone cause a merge where a policy counts them. Method: read_trig over a small table in level 0, which is
// not due, above one in level 1 that holds the key; gets, and nothing else. Expectation: no merge for 99 reads in vain;
// with the hundredth the table goes down, and its reason says why. A policy that does not ask sees no reads.
TEST(Compaction, ReadsInVainCauseAMerge) {
  for (const bool counts : {true, false}) {
    TestDisk disk(false);
    Options options = tree_options("none");
    options.level0_compact_runs = 4;
    {
      const auto store = open_store(disk.fs(), options);
      put(*store, "b", "old");
      ASSERT_TRUE(store->flush().ok());
      ASSERT_TRUE(store->compact_level(0).ok());
      put(*store, "a", "new");
      put(*store, "c", "new");
      ASSERT_TRUE(store->flush().ok());
    }
    options.compaction_policy = counts ? "read_trig" : "one_lvl";
    const auto store = open_store(disk.fs(), options);
    const auto version = [&] { return StoreInternals::version(*store); };
    const std::size_t before = version()->jobs.size();
    for (int i = 0; i < 99; ++i) ASSERT_EQ(store->get("b").value(), "old");
    EXPECT_EQ(version()->jobs.size(), before);
    ASSERT_EQ(store->get("b").value(), "old");
    while (counts && version()->jobs.size() == before) rt::sleep_until(rt::monotonic_ns() + 1'000'000);
    if (counts) {
      EXPECT_EQ(version()->jobs.back().why.trigger,
                "reads: 1 tables were looked into in vain too often (score 1024/1024)");
    }
    for (int i = 0; i < 500 && !counts; ++i) ASSERT_EQ(store->get("b").value(), "old");
    EXPECT_EQ(version()->jobs.size(), before + (counts ? 1 : 0));
    EXPECT_EQ(version()->levels[0].runs.empty(), counts);
    EXPECT_EQ(all(*store).size(), 3U);
  }
}

// Goal: merges that are asked for. Method: policy none; runs of level 0, then compact_level, compact_range of a part
// and of all. Expectation: the shapes they promise, the same data, the reasons in the version.
TEST(Compaction, MergesAskedFor) {
  TestDisk disk(false);
  Options options = tree_options("none");
  options.tombstone_retention_seconds = 0;
  const auto store = open_store(disk.fs(), options);
  Random random(6);
  std::map<std::string, std::string> model;
  for (int i = 0; i < 3; ++i) {
    ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 300));
    ASSERT_TRUE(store->flush().ok());
  }
  EXPECT_GT(StoreInternals::version(*store)->levels[0].runs.size(), 3U);
  ASSERT_TRUE(store->compact_level(0).ok());
  EXPECT_TRUE(StoreInternals::version(*store)->levels[0].runs.empty());
  EXPECT_EQ(StoreInternals::version(*store)->levels[1].runs.size(), 1U);
  ASSERT_TRUE(store->compact_level(0).ok());  // nothing there
  EXPECT_EQ(store->compact_level(kLevelsMax).error().code(), Code::kInvalidArgument);
  ASSERT_TRUE(store->compact_level(1).ok());
  EXPECT_TRUE(StoreInternals::version(*store)->levels[1].runs.empty());
  ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 300));
  ASSERT_TRUE(store->compact_range({.low = "key1", .high = "key2"}).ok());
  EXPECT_EQ(StoreInternals::version(*store)->jobs.back().why.trigger, "asked for: keys from key1 to before key2");
  ASSERT_TRUE(store->compact_range({.low = "zzz", .high = std::nullopt}).ok());  // nothing there
  EXPECT_EQ(all(*store), Pairs(model.begin(), model.end()));
  ASSERT_TRUE(store->compact_range({}).ok());
  const auto version = StoreInternals::version(*store);
  std::uint64_t entries = 0;
  for (const TableInfo* table : version->tables()) entries += table->entries;
  EXPECT_EQ(version->levels.size(), 3U);
  EXPECT_EQ(entries, model.size());  // nobody reads the past, and nothing older hides behind a delete
  EXPECT_EQ(all(*store), Pairs(model.begin(), model.end()));
  EXPECT_EQ(version->jobs.back().policy, "manual");
  EXPECT_EQ(version->jobs.back().why.trigger, "asked for: keys from the first to the last");
  EXPECT_TRUE(std::ranges::any_of(version->jobs, [](const JobRecord& job) { return job.dropped > 0; }));
  ASSERT_TRUE(store->close().ok());
  EXPECT_EQ(store->compact_level(0).error().code(), Code::kClosed);
}

// Goal: reasons are remembered, and not for ever. Method: many merges, a limit of 5, a reopen; on simulated threads,
// with pauses in which merges come to rest, so that their number is always the same. Expectation: the last 5 with their
// reasons, the same after the reopen; the listener heard them all; random_legal goes on where it was.
TEST(Compaction, HistoryIsKept) {
  TestDisk disk(false);
  Options options = tree_options("random_legal");
  options.compaction_history_max = 5;
  Heard heard;
  std::vector<JobRecord> jobs;
  std::optional<PolicyState> state;
  sim::VirtualClock clock(17'671'392'000'000'000ULL);
  run_simulated(clock, [&] {
    const auto store = open_store(disk.fs(), options, &heard);
    Random random(7);
    std::map<std::string, std::string> model;
    for (int i = 0; i < 30; ++i) {
      ASSERT_NO_FATAL_FAILURE(churn(*store, model, random, 50));
      rt::sleep_until(rt::monotonic_ns() + 1'000'000'000);
    }
    ASSERT_TRUE(store->close().ok());
    jobs = StoreInternals::version(*store)->jobs;
    state = StoreInternals::version(*store)->policy;
  });
  ASSERT_GT(heard.jobs.size(), 5U);
  ASSERT_EQ(jobs.size(), 5U);
  for (const JobRecord& job : jobs) {
    EXPECT_EQ(job.policy, "random_legal:expire=0");
    EXPECT_FALSE(job.why.chosen.empty());
    EXPECT_GT(job.tables_in, 0U);
    EXPECT_GT(job.at.ticks, 0U);
  }
  ASSERT_TRUE(state);
  EXPECT_EQ(state->policy, "random_legal:expire=0");
  const auto loaded = load_manifest(disk.fs(), "store");
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->version.jobs, jobs);
  EXPECT_EQ(loaded->version.policy, state);
}

// Goal: an idle store lets go of expired tombstones. Method: under a simulated clock, everything is removed; nothing
// happens for the retention and a little more. Expectation: tables before, none after; and an idle wait costs nothing
// but that.
TEST(Compaction, IdleStoreDropsExpiredTombstones) {
  sim::VirtualClock clock(17'671'392'000'000'000ULL);
  run_simulated(clock, [&] {
    TestDisk disk(false);
    for (const char* policy : {"one_lvl", "full", "tier"}) {
      Options options = tree_options(policy);
      options.data_dir = policy;
      options.tombstone_retention_seconds = 100;
      Heard heard;
      const auto store = open_store(disk.fs(), options, &heard);
      for (int i = 0; i < 300; ++i) put(*store, "key" + std::to_string(i), std::string(30, 'v'));
      ASSERT_TRUE(store->compact_range({}).ok());
      for (int i = 0; i < 300; ++i) ASSERT_TRUE(store->remove("key" + std::to_string(i)).ok());
      ASSERT_TRUE(store->flush().ok());
      rt::sleep_until(rt::monotonic_ns() + 90'000'000'000);
      EXPECT_FALSE(StoreInternals::version(*store)->tables().empty()) << policy;
      rt::sleep_until(rt::monotonic_ns() + 20'000'000'000);
      EXPECT_TRUE(StoreInternals::version(*store)->tables().empty()) << policy;
      const std::size_t jobs = heard.jobs.size();
      rt::sleep_until(rt::monotonic_ns() + 3'600'000'000'000);
      EXPECT_EQ(heard.jobs.size(), jobs);
      ASSERT_TRUE(store->close().ok());
    }
  });
}

// Goal: a snapshot keeps what it sees through merges, and its release lets go. Method: overwritten data under a
// snapshot, everything compacted, released, compacted again. Expectation: the old values while it lives; fewer entries
// afterwards.
TEST(Compaction, SnapshotsHoldMerges) {
  TestDisk disk(false);
  const auto store = open_store(disk.fs(), tree_options("one_lvl"));
  for (int i = 0; i < 100; ++i) put(*store, "key" + std::to_string(i), "old");
  std::optional<Snapshot> snapshot = std::move(store->snapshot().value());
  for (int i = 0; i < 100; ++i) put(*store, "key" + std::to_string(i), "new");
  ASSERT_TRUE(store->compact_range({}).ok());
  EXPECT_EQ(get(*store, "key5", snapshot->read()), "old");
  EXPECT_EQ(get(*store, "key5"), "new");
  auto entries = [&] {
    std::uint64_t sum = 0;
    const auto version = StoreInternals::version(*store);
    for (const TableInfo* table : version->tables()) sum += table->entries;
    return sum;
  };
  EXPECT_EQ(entries(), 200U);
  snapshot.reset();
  ASSERT_TRUE(store->compact_range({}).ok());
  EXPECT_EQ(entries(), 100U);
  EXPECT_EQ(get(*store, "key5"), "new");
}

}  // namespace
}  // namespace mylonite::testing
