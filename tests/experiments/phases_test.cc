// Workloads: which operations, on which keys, how often.
#include "experiments/workload/phases.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "experiments/workload/zipf.h"

namespace mylonite::experiments {
namespace {

// Goal: the law of Zipf, to the bit. Method: a million draws among 1,000 ranks beside the theory; the first draws of a
// seed, which are the same on every machine.
TEST(ZipfTest, FollowsTheLaw) {
  constexpr std::uint64_t kRanks = 1000;
  constexpr std::uint64_t kDraws = 1'000'000;
  const Zipf zipf(kRanks);
  Random random(7);
  std::vector<std::uint64_t> drawn(kRanks);
  for (std::uint64_t i = 0; i < kDraws; ++i) ++drawn[zipf.draw(random)];
  double all = 0;
  for (std::uint64_t rank = 1; rank <= kRanks; ++rank) all += std::pow(rank, -0.99);
  for (const std::uint64_t rank : {0U, 1U, 2U, 9U, 99U, 999U}) {
    const double expected = kDraws * std::pow(rank + 1, -0.99) / all;
    EXPECT_NEAR(static_cast<double>(drawn[rank]), expected, 5 * std::sqrt(expected)) << rank;
  }
  Random same(7);
  std::vector<std::uint64_t> first;
  for (int i = 0; i < 8; ++i) first.push_back(zipf.draw(same));
  EXPECT_EQ(first, (std::vector<std::uint64_t>{112, 4, 312, 872, 936, 397, 0, 0}));
}

// Goal: every workload has the size and the mix that its row says, and draws only keys that live. Method: all of them,
// N = 10,000; each operation is looked at.
TEST(PhasesTest, EveryWorkload) {
  for (const WorkloadPlan& plan : workload_plans()) {
    OperationStream stream(plan, {.entries = 10'000});
    std::uint64_t operations = 0;
    std::set<std::uint64_t> live;
    for (std::size_t i = 0; i < stream.phases().size(); ++i) {
      const Phase& phase = stream.phases()[i];
      stream.begin(i);
      std::vector<std::uint64_t> kinds(kOperationNames.size());
      std::uint64_t length = 0;
      while (const auto operation = stream.next()) {
        ++operations;
        ++length;
        ++kinds[static_cast<std::size_t>(operation->kind)];
        ASSERT_LT(operation->index, stream.keys()) << plan.name;
        if (operation->kind == OperationKind::kInsert) {
          EXPECT_TRUE(live.insert(operation->index).second) << plan.name << ": a key twice";
        } else {
          EXPECT_TRUE(live.contains(operation->index)) << plan.name;
        }
        EXPECT_EQ(operation->length > 0, operation->kind == OperationKind::kScan);
      }
      EXPECT_EQ(length, phase.length * 10) << plan.name;
      EXPECT_EQ(std::accumulate(phase.mix.begin(), phase.mix.end(), 0U), 1000U) << plan.name;
      for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        const double expected = static_cast<double>(length) * phase.mix[kind] / 1000;
        EXPECT_NEAR(static_cast<double>(kinds[kind]), expected, 5 * std::sqrt(expected) + 1e-9) << plan.name << kind;
      }
    }
    EXPECT_EQ(operations, stream.total()) << plan.name;
    EXPECT_EQ(stream.inserted(), live.size()) << plan.name;
  }
}

// Goal: popular keys are where the row says. Method: the hundred most drawn keys of upd_z and upd_l. Expectation:
// spread over the key space, or at its end.
TEST(PhasesTest, Skew) {
  const auto popular = [](const char* name) {
    OperationStream stream(*find_workload_plan(name), {.entries = 50'000});
    stream.begin(0);
    while (stream.next()) {
    }
    stream.begin(1);
    std::vector<std::uint64_t> drawn(stream.keys());
    while (const auto operation = stream.next()) ++drawn[operation->index];
    std::vector<std::uint64_t> order(drawn.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::uint64_t index) { return drawn[index]; });
    order.resize(100);
    return order;
  };
  const auto near_the_end = [](std::uint64_t index) { return index >= 9'000; };
  EXPECT_LT(std::ranges::count_if(popular("upd_z"), near_the_end), 30);
  EXPECT_GT(std::ranges::count_if(popular("upd_l"), near_the_end), 90);
}

}  // namespace
}  // namespace mylonite::experiments
