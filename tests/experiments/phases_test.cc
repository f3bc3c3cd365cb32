// Workloads: which operations, on which keys, how often.
#include "experiments/workload/operation_stream.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
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
    OperationStream stream(workload_of(plan, 10'000), 1);
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
    OperationStream stream(workload_of(*find_workload_plan(name), 50'000), 1);
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

// Every operation of a workload, phase by phase.
template <class Each>
void each_operation(const WorkloadPlan& plan, std::uint64_t entries, Each each) {
  OperationStream stream(workload_of(plan, entries), 1);
  for (std::size_t i = 0; i < stream.phases().size(); ++i) {
    stream.begin(i);
    while (const auto operation = stream.next()) each(stream.phases()[i], *operation);
  }
}

// Goal: a name means the same operations for ever, on every machine. Method: the committed hash of each workload's
// operations, N = 2,000.
TEST(PhasesTest, OperationsAreThoseOfTheName) {
  std::string found;
  for (const WorkloadPlan& plan : workload_plans()) {
    std::string drawn;
    each_operation(plan, 2'000, [&](const Phase&, const PlannedOperation& at) {
      drawn += fmt::format("{} {} {} {}\n", static_cast<int>(at.kind), at.index, at.generation, at.length);
    });
    found += fmt::format("{} {:08x}\n", plan.name, hash64(drawn) >> 32);
  }
  EXPECT_EQ(found,
            "ingest ea4cb740\n"
            "seq a76980a4\n"
            "seq_8 0e1f8886\n"
            "mix_100 ea4cb740\n"
            "mix_90 e442db2c\n"
            "mix_80 774b5dd9\n"
            "mix_70 7e5f2eba\n"
            "mix_60 8f4f6d2d\n"
            "mix_50 9954eeba\n"
            "upd_u 2863a052\n"
            "upd_z 2e043b8f\n"
            "upd_l a26f45b3\n"
            "empty 4600c10c\n"
            "del_2 efa80467\n"
            "del_5 9f8641c7\n"
            "del_10 41de8286\n"
            "write_95 074d9b55\n"
            "ycsb_a ab0c35ad\n"
            "ycsb_b fad9543c\n"
            "ycsb_c c5c81a26\n"
            "ycsb_d a708fecc\n"
            "ycsb_e 72fd9cd1\n"
            "ycsb_f 6ce6e9a2\n"
            "queue b0992430\n"
            "scan a44d6dd5\n"
            "phases f9366cc2\n"
            "drift 217f1118\n"
            "ts 6286963e\n"
            "burst 2863a052\n");
}

// Goal: the draws that are not by chance are as the row says. Method: a queue, deletes of each key once, eight streams,
// a hotspot, scans of a share.
TEST(PhasesTest, WhereOperationsGo) {
  std::uint64_t deleted = 0;
  std::uint64_t inserted = 0;
  each_operation(*find_workload_plan("queue"), 10'000, [&](const Phase&, const PlannedOperation& at) {
    if (at.kind == OperationKind::kInsert) {
      EXPECT_EQ(at.index, inserted++);
    }
    if (at.kind == OperationKind::kDelete) {
      EXPECT_EQ(at.index, deleted++);
    }
    if (at.kind == OperationKind::kScan) {
      EXPECT_EQ(at.index, deleted);
    }
  });
  EXPECT_LT(deleted, inserted);
  std::set<std::uint64_t> once;
  each_operation(*find_workload_plan("phases"), 10'000, [&](const Phase&, const PlannedOperation& at) {
    if (at.kind == OperationKind::kDelete) {
      EXPECT_TRUE(once.insert(at.index).second);
    }
  });
  EXPECT_EQ(once.size(), 5'000U);
  std::vector<std::uint64_t> first;
  each_operation(*find_workload_plan("seq_8"), 1'003, [&](const Phase&, const PlannedOperation& at) {
    if (first.size() < 9) first.push_back(at.index);
  });
  EXPECT_EQ(first, (std::vector<std::uint64_t>{0, 126, 252, 378, 503, 628, 753, 878, 1}));
  std::vector<std::uint64_t> hot(10);
  std::uint64_t turn = 0;
  each_operation(*find_workload_plan("drift"), 10'000, [&](const Phase& phase, const PlannedOperation& at) {
    if (phase.measured && at.index / 200 == turn++ / 1'000) ++hot[at.index / 200];
  });
  for (const std::uint64_t draws : hot) EXPECT_NEAR(static_cast<double>(draws), 910, 50);
  std::set<std::uint64_t> lengths;
  each_operation(*find_workload_plan("scan"), 10'000, [&](const Phase&, const PlannedOperation& at) {
    if (at.kind == OperationKind::kScan) lengths.insert(at.length);
  });
  EXPECT_EQ(lengths, (std::set<std::uint64_t>{16, 20}));
}

}  // namespace
}  // namespace mylonite::experiments
