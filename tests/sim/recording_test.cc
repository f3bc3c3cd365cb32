// The recording of a run: it changes nothing, and holds what happened in order.
#include "sim/run/recording.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/recorded.h"

namespace mylonite::sim {
namespace {

constexpr std::uint64_t kSeeds = 36;  // twice every mix

Recording recorded(std::uint64_t seed, Outcome* outcome = nullptr) {
  Recording recording;
  Outcome done = run_mixed(seed, {.recording = &recording});
  if (outcome != nullptr) *outcome = std::move(done);
  return recording;
}

// Goal: a recording changes nothing. Method: each seed with and without one. Expectation: one trace hash, the same
// verdict and figures.
TEST(RecordingTest, ChangesNothing) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Outcome plain = run_mixed(seed);
    Outcome outcome;
    const Recording recording = recorded(seed, &outcome);
    EXPECT_EQ(outcome.trace_hash, plain.trace_hash) << seed;
    EXPECT_EQ(outcome.failure.has_value(), plain.failure.has_value()) << seed;
    EXPECT_EQ(outcome.stats.steps, plain.stats.steps) << seed;
    EXPECT_EQ(outcome.stats.left_behind, plain.stats.left_behind) << seed;
    EXPECT_EQ(recording.seed, seed);
    ASSERT_EQ(recording.incarnations.size(), plain.stats.incarnations) << seed;
    EXPECT_EQ(recording.incarnations.back().end.step, plain.stats.steps) << seed;
  }
}

// Goal: events are whole and in order. Method: all events of each seed. Expectation: begins rise; ends are not before
// them, and within the incarnation; every fiber has a name; as many operations ended as the figures count.
TEST(RecordingTest, EventsAreInOrder) {
  std::size_t cut = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Outcome outcome;
    const Recording recording = recorded(seed, &outcome);
    const auto check = [&](const auto& events) {
      std::uint64_t last = 0;
      for (const auto& each : events) {
        const Recording::Incarnation& around = recording.incarnations.at(each.incarnation);
        EXPECT_LE(last, each.begin.step);
        last = each.begin.step;
        EXPECT_GE(each.begin.step, around.begin.step);
        cut += each.end ? 0 : 1;
        const std::uint64_t end = each.end ? each.end->step : each.begin.step;
        EXPECT_LE(each.begin.step, end);
        EXPECT_LE(end, around.end.step);
        ASSERT_GE(each.fiber, 1);
        ASSERT_LE(static_cast<std::size_t>(each.fiber), around.fibers.size());
      }
    };
    check(recording.operations);
    check(recording.calls);
    EXPECT_EQ(recording.calls.size(), outcome.stats.file_calls) << seed;
    EXPECT_EQ(recording.crashes.size(), outcome.stats.crashes) << seed;
    const auto ended = std::ranges::count_if(
        recording.operations, [](const Recording::Operation& each) { return each.client > 0 && each.end.has_value(); });
    EXPECT_EQ(static_cast<std::uint64_t>(ended), outcome.stats.operations) << seed;
    EXPECT_EQ(recording.violations.size(), outcome.failure ? 1U : 0U) << seed;
  }
  EXPECT_GT(cut, 10U);  // crashes cut calls off
}

// Goal: turns say which fiber ran at each step. Method: those of each incarnation. Expectation: steps rise within it,
// neighbours differ, and the first is that of the main fiber.
TEST(RecordingTest, TurnsAreThoseOfTheSchedule) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    for (const Recording::Incarnation& each : recorded(seed).incarnations) {
      ASSERT_FALSE(each.turns.empty());
      EXPECT_EQ(each.turns.front(), (Recording::Turn{.step = each.begin.step + 1, .fiber = 1}));
      EXPECT_LE(each.turns.back().step, each.end.step);
      const auto same = std::ranges::adjacent_find(each.turns, [](const auto& left, const auto& right) {
        return left.fiber == right.fiber || left.step >= right.step;
      });
      EXPECT_EQ(same, each.turns.end());
    }
  }
}

// Goal: moments hold the disk and the model as they were. Method: those of each seed. Expectation: their steps rise;
// the first disk is empty, a later one has files; some moment has pairs, in key order.
TEST(RecordingTest, MomentsHoldDiskAndModel) {
  bool pairs = false;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Recording recording = recorded(seed);
    const std::vector<Recording::Moment>& moments = recording.moments;
    ASSERT_GT(moments.size(), 1U);
    EXPECT_TRUE(std::ranges::is_sorted(moments, {}, [](const Recording::Moment& each) { return each.at.step; }));
    EXPECT_EQ(moments.front().disk.hash(), faultfs::Disk().hash());
    EXPECT_NE(moments[moments.size() / 2].disk.hash(), moments.front().disk.hash());
    for (const Recording::Moment& each : moments) {
      EXPECT_TRUE(std::ranges::is_sorted(each.pairs));
      pairs |= !each.pairs.empty();
    }
  }
  EXPECT_TRUE(pairs);
}

// Goal: a long run has few moments, evenly, and its end is dense. Method: 3,000 operations. Expectation: within the
// bounds; no gap between neighbours of the first half is above a twentieth of the run; the last ones are there.
TEST(RecordingTest, LongRunsAreThinnedOut) {
  StackPool stacks;
  Recording recording;
  run(generate(3, {.operations = 3'000, .crashes = 2}), stacks, {.recording = &recording});
  EXPECT_GT(recording.moments_seen, 3 * Recording::kEvenMoments);
  EXPECT_LE(recording.moments.size(), Recording::kEvenMoments + Recording::kMarkedMoments + Recording::kLastMoments);
  EXPECT_GT(recording.moments.size(), Recording::kEvenMoments / 2);
  std::set<std::string> last;
  for (std::size_t i = recording.moments.size() - 10; i < recording.moments.size(); ++i) {
    last.insert(recording.moments[i].after);
  }
  EXPECT_TRUE(last.contains("the end of the run"));
  EXPECT_GT(last.size(), 2U);
}

}  // namespace
}  // namespace mylonite::sim
