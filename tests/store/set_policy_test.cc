// Store::set_compaction_policy on an open store.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/rt/rt.h"
#include "core/store/internals.h"
#include "core/version/version.h"
#include "tests/store/store_fixture.h"

namespace mylonite::testing {
namespace {

struct Heard final : EventListener {
  void on_policy_changed(std::string_view from, std::string_view to) override { changes.emplace_back(from, to); }
  std::vector<std::pair<std::string, std::string>> changes;
};

class SetPolicy : public OnEachDisk {
 protected:
  SetPolicy() {
    options_.compaction_policy = "none";
    options_.level0_compact_runs = 2;
    options_.compaction_threshold_bytes = 8192;
  }
  // So many runs of level 0 when nothing merges.
  static void make_runs(Store& store, int runs) {
    for (int run = 0; run < runs; ++run) {
      put(store, "key" + std::to_string(run), std::string(100, 'v'));
      ASSERT_TRUE(store.flush().ok());
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Disks, SetPolicy, ::testing::Bool(), disk_name);

// Goal: the policy in force changes on an open store, and all who look are told. Method: nothing merges; a policy that
// does, a text that names none, and back; reopened with the options as they were. Expectation: no merge, then merges by
// the new policy without another write; kInvalidArgument changes nothing; options, listener and manifest say the same.
TEST_P(SetPolicy, TakesEffectAndIsTold) {
  Heard heard;
  {
    const auto store = open_store(disk_.fs(), options_, &heard);
    const Options& before = store->options();
    make_runs(*store, 6);
    EXPECT_EQ(store->stats().merges, 0U);
    ASSERT_TRUE(store->set_compaction_policy("one_lvl").ok());
    EXPECT_EQ(store->options().compaction_policy, "one_lvl");
    EXPECT_EQ(store->options().level0_compact_runs, 2U);
    EXPECT_EQ(before.compaction_policy, "none");
    EXPECT_EQ(StoreInternals::version(*store)->policy->policy, "one_lvl");
    while (store->compactions().empty()) rt::sleep_until(rt::monotonic_ns() + 1'000'000);
    EXPECT_EQ(store->compactions().front().policy, "one_lvl");
    EXPECT_EQ(store->set_compaction_policy("nobody").error().code(), Code::kInvalidArgument);
    EXPECT_EQ(store->options().compaction_policy, "one_lvl");
    ASSERT_TRUE(store->set_compaction_policy("none").ok());
    const std::vector<std::pair<std::string, std::string>> expected = {{"none", "one_lvl"}, {"one_lvl", "none"}};
    EXPECT_EQ(heard.changes, expected);
    ASSERT_TRUE(store->close().ok());
    EXPECT_EQ(store->set_compaction_policy("tier").error().code(), Code::kClosed);
  }
  const auto store = open_store(disk_.fs(), options_);
  EXPECT_EQ(StoreInternals::version(*store)->policy->policy, "none");
  EXPECT_EQ(all(*store).size(), 6U);
  ASSERT_TRUE(store->close().ok());
  const auto reading = Store::open_read_only(disk_.fs(), options_);
  EXPECT_EQ((*reading)->set_compaction_policy("tier").error().code(), Code::kReadOnly);
}

// Goal: only policies of the store's own registry may be set, with parameters. Method: a policy of the program, and one
// that keeps state. Expectation: it is asked from then on, with its parameter and without state of another.
TEST_P(SetPolicy, OfTheStoresRegistry) {
  std::atomic<std::int64_t> asked{0};
  StoreComponents mine;
  mine.compaction_policies.push_back({.name = "mine",
                                      .what = "for this test",
                                      .parameters = {{.name = "K", .fallback = 1, .low = 1, .high = 9}},
                                      .rank = [&](const PolicyView& view) {
                                        EXPECT_EQ(view.options.compaction_policy, "mine:K=7");
                                        EXPECT_TRUE(view.state.empty());
                                        asked = view.parameter("K");
                                        return Ranking{};
                                      }});
  auto opened = Store::open(disk_.fs(), options_, mine);
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE((*opened)->set_compaction_policy("mine:K=7").ok());
  EXPECT_EQ(asked, 7);
  EXPECT_EQ((*opened)->set_compaction_policy("mine:K=10").error().code(), Code::kInvalidArgument);
}

// Goal: a policy that proposes only what is not legal does not stay unnoticed. Method: such a policy of the program;
// then another one. Expectation: the figures of the store say so with the reason, in each form; then no more.
TEST_P(SetPolicy, WhatIsNotLegalIsSaid) {
  options_.compaction_policy = "wrong";
  StoreComponents mine;
  mine.compaction_policies.push_back({.name = "wrong", .what = "for this test", .rank = [](const PolicyView&) {
                                        return Ranking{.triggers = {{.what = "always"}},
                                                       .candidates = {{.position = {.level = 7}, .to_level = 8}}};
                                      }});
  const auto store = std::move(Store::open(disk_.fs(), options_, mine).value());
  while (store->stats().merges_refused.empty()) std::this_thread::yield();
  const StoreStats stats = store->stats();
  EXPECT_EQ(stats.merges_refused, "wrong: illegal compaction: no inputs");
  EXPECT_NE(stats.to_text().find("merges refused: wrong: illegal compaction: no inputs\n"), std::string::npos);
  EXPECT_NE(stats.to_json().find(R"("merges_refused":"wrong: illegal compaction: no inputs")"), std::string::npos);
  EXPECT_NE(stats.to_prometheus().find("mylonite_merges_refused 1\n"), std::string::npos);
  ASSERT_TRUE(store->set_compaction_policy("tier").ok());
  while (!store->stats().merges_refused.empty()) std::this_thread::yield();
}

// Goal: changes come beside writes, merges and one another. Method: two threads change the policy while two write and
// read options. Expectation: all succeed; the last one told is in force and recorded; nothing is lost.
TEST_P(SetPolicy, AmongWritersAndMerges) {
  Heard heard;
  options_.compaction_threads = 3;
  const auto store = open_store(disk_.fs(), options_, &heard);
  {
    std::vector<rt::Thread> threads;
    for (const std::string policy : {"one_lvl", "tier"}) {
      threads.emplace_back("changer", [&, policy] {
        for (int i = 0; i < 20; ++i) EXPECT_TRUE(store->set_compaction_policy(i % 3 == 2 ? "none" : policy).ok());
      });
    }
    for (int writer = 0; writer < 2; ++writer) {
      threads.emplace_back("writer", [&, writer] {
        for (int i = 0; i < 150; ++i) {
          put(*store, std::to_string(writer) + "/" + std::to_string(i), std::string(150, 'v'));
          EXPECT_FALSE(store->options().compaction_policy.empty());
        }
      });
    }
  }
  ASSERT_EQ(heard.changes.size(), 40U);
  for (std::size_t i = 1; i < heard.changes.size(); ++i) EXPECT_EQ(heard.changes[i].first, heard.changes[i - 1].second);
  EXPECT_EQ(store->options().compaction_policy, heard.changes.back().second);
  EXPECT_EQ(StoreInternals::version(*store)->policy->policy, heard.changes.back().second);
  EXPECT_EQ(all(*store).size(), 300U);
}

}  // namespace
}  // namespace mylonite::testing
