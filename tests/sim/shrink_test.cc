// The shrinker, on failures of a small store with planted bugs.
#include "sim/shrink/shrink.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/machine/fiber.h"
#include "sim/run/replay.h"
#include "sim/scenario/generator.h"
#include "sim/shrink/adapt.h"
#include "sim/shrink/as_test.h"
#include "sim/shrink/parts.h"
#include "sim/shrink/search.h"
#include "tests/examples/own_store.h"

namespace mylonite::sim {
namespace {

using own_store::Mistake;

constexpr std::uint64_t kAMinute = 60'000'000'000;

RunSettings with(Mistake mistake) { return {.store = own_store::own_store(mistake)}; }

// The record of the first seed that fails.
Scenario failing(Mistake mistake) {
  StackPool stacks;
  GeneratorOptions options{.operations = 200, .crashes = 3};
  options.for_every_store = true;
  for (std::uint64_t seed = 0;; ++seed) {
    Outcome outcome = run(generate(seed, options), stacks, with(mistake));
    if (outcome.failure) return std::move(outcome.recorded);
  }
}

Shrunk shrunk_of(Mistake mistake) {
  StackPool stacks;
  return shrink(failing(mistake), stacks, with(mistake), {.time_ns = kAMinute});
}

// Goal: bounds that are needed become small, so that fewer writes reach them. Method: a store that does not open with a
// memtable of 1,000 bytes or more, unless that is the default. Expectation: the least number that halving reaches.
TEST(ShrinkTest, NumbersOfOptionsBecomeSmall) {
  EXPECT_EQ(numbers_in("fifo:bytes=2000,ttl=1"),
            (std::vector<std::pair<std::size_t, std::size_t>>{{11, 15}, {20, 21}}));
  EXPECT_TRUE(numbers_in("none").empty());
  const StoreFactory refusing = [](vfs::FileSystem& fs, const Options& options,
                                   WriteWitness& witness) -> Result<std::unique_ptr<StoreUnderTest>> {
    const std::uint64_t bytes = options.memtable_max_bytes;
    if (bytes >= 1000 && bytes != Options().memtable_max_bytes) return Error(Code::kCorruption, "planted");
    return own_store::own_store()(fs, options, witness);
  };
  StackPool stacks;
  GeneratorOptions options{.operations = 40, .crashes = 1};
  options.for_every_store = true;
  Scenario scenario = generate(7, options);
  for (IncarnationPlan& plan : scenario.incarnations) plan.options.memtable_max_bytes = 50'000;
  const Outcome outcome = run(scenario, stacks, {.store = refusing});
  ASSERT_TRUE(outcome.failure);
  const Shrunk shrunk = shrink(outcome.recorded, stacks, {.store = refusing}, {.time_ns = kAMinute});
  ASSERT_EQ(shrunk.after.options, 1U) << to_string(shrunk.after);
  const std::uint64_t bytes = shrunk.outcome.recorded.incarnations.at(0).options.memtable_max_bytes;
  EXPECT_GE(bytes, 1000U);
  EXPECT_LT(bytes, 2000U);
}

// Goal: the least that fails. Method: a store that forgets removals to the end of all keys. Expectation: a put, the
// removal, at most one operation more; no crash, no switch, the options' defaults; and it is a fixpoint.
TEST(ShrinkTest, FindsTheLeastOperations) {
  const Shrunk shrunk = shrunk_of(Mistake::kKeepsTheEnd);
  ASSERT_EQ(shrunk.end, ShrinkEnd::kNothingSmaller);
  ASSERT_TRUE(shrunk.outcome.failure);
  EXPECT_LE(shrunk.after.operations, 3U) << to_string(shrunk.after);
  EXPECT_LE(shrunk.after.crashes, 1U);
  EXPECT_EQ(shrunk.after.switches, 0U);
  EXPECT_EQ(shrunk.after.options, 0U);
  EXPECT_LT(shrunk.after, shrunk.before);
  StackPool stacks;
  const Shrunk again = shrink(shrunk.outcome.recorded, stacks, with(Mistake::kKeepsTheEnd), {.time_ns = kAMinute});
  EXPECT_EQ(again.after, shrunk.after);
}

// Goal: crashes and what they lose are least, too. Method: stores that do not sync a name, and that take torn records.
// Expectation: few operations, one crash, one or two lost units, and a short file.
TEST(ShrinkTest, FindsTheLeastCrash) {
  for (const Mistake mistake : {Mistake::kNameNotSynced, Mistake::kTakesTornRecords}) {
    const Shrunk shrunk = shrunk_of(mistake);
    EXPECT_LE(shrunk.after.operations, 3U) << to_string(shrunk.after);
    EXPECT_LE(shrunk.after.crashes, 1U) << to_string(shrunk.after);
    EXPECT_LE(shrunk.after.losses, 2U) << to_string(shrunk.after);
    EXPECT_LT(encode_repro(repro_of(shrunk.outcome), {}).size(), 4096U);
  }
}

// Goal: the result is a scenario like any other. Method: run it. Expectation: the same failure and trace, all decisions
// met.
TEST(ShrinkTest, TheResultReplays) {
  StackPool stacks;
  const Shrunk shrunk = shrunk_of(Mistake::kTakesTornRecords);
  const Outcome again = run(shrunk.outcome.recorded, stacks, with(Mistake::kTakesTornRecords));
  ASSERT_TRUE(again.failure);
  EXPECT_TRUE(again.faithful);
  EXPECT_EQ(again.trace_hash, shrunk.outcome.trace_hash);
}

// Goal: equal searches end alike. Method: shrink twice.
TEST(ShrinkTest, IsDeterministic) {
  const Shrunk first = shrunk_of(Mistake::kTakesTornRecords);
  const Shrunk second = shrunk_of(Mistake::kTakesTornRecords);
  EXPECT_EQ(first.runs, second.runs);
  EXPECT_EQ(first.outcome.trace_hash, second.outcome.trace_hash);
}

// Goal: anytime. Method: no time at all; and an interrupt in the middle. Expectation: what there is fails, and the end
// says why.
TEST(ShrinkTest, StopsAtAnyTime) {
  StackPool stacks;
  const RunSettings settings = with(Mistake::kTakesTornRecords);
  const Scenario whole = failing(Mistake::kTakesTornRecords);
  const Shrunk none = shrink(whole, stacks, settings, {.time_ns = 0});
  EXPECT_EQ(none.end, ShrinkEnd::kOutOfTime);
  ASSERT_TRUE(none.outcome.failure);
  EXPECT_EQ(none.before, none.after);

  std::atomic<bool> interrupt = false;
  std::uint64_t kept = 0;
  const Shrunk some =
      shrink(whole, stacks, settings,
             {.time_ns = kAMinute, .interrupt = &interrupt, .on_smaller = [&](const auto&, std::uint64_t) {
                if (++kept == 3) interrupt = true;
              }});
  EXPECT_EQ(some.end, ShrinkEnd::kInterrupted);
  ASSERT_TRUE(some.outcome.failure);
  EXPECT_LT(some.after, some.before);
  const Shrunk rest = shrink(some.outcome.recorded, stacks, settings, {.time_ns = kAMinute});
  EXPECT_EQ(rest.end, ShrinkEnd::kNothingSmaller);
  EXPECT_LT(rest.after, some.after);
}

TEST(ShrinkTest, ACleanScenarioIsSaidToBe) {
  StackPool stacks;
  const Shrunk shrunk = shrink(generate(0, {.operations = 5, .crashes = 0}), stacks, {}, {.time_ns = kAMinute});
  EXPECT_EQ(shrunk.end, ShrinkEnd::kDidNotFail);
  EXPECT_FALSE(shrunk.outcome.failure);
}

// Goal: the printed test is the scenario. Method: that of a committed witness. Expectation: the text of
// tests/sim/found_test.cc, which this program compiles and runs; so it is a test, and the sound engine passes it.
TEST(ShrinkTest, AsATest) {
  const auto text_of = [](const std::string& file) {
    std::stringstream text;
    text << std::ifstream(MYLONITE_SOURCE_DIR "/tests/" + file).rdbuf();
    return text.str();
  };
  const auto repro = decode_repro(text_of("scenarios/witnesses/early-wake.repro"));
  ASSERT_TRUE(repro.ok()) << repro.error().to_string();
  Outcome outcome;
  outcome.recorded = repro->scenario;
  outcome.failure = Failure{.rule = repro->rule, .what = "", .operation = repro->operation};
  EXPECT_EQ(as_test(outcome), text_of("sim/found_test.cc"));
}

// ---- the parts

Scenario of_two_clients() {
  Scenario scenario;
  IncarnationPlan& plan = scenario.incarnations.emplace_back();
  plan.clients = {{op::Put{.key = "a"}, op::Put{.key = "b"}, op::Sync{}}, {op::Get{.key = "a"}, op::Get{.key = "b"}}};
  plan.recorded.emplace().schedule = {{.fiber = 5, .step = 12, .next = 6}, {.fiber = 5, .step = 25, .next = 6}};
  return scenario;
}

const PartList& list_named(std::string_view name) {
  for (const PartList& list : part_lists()) {
    if (name == list.name) return list;
  }
  ADD_FAILURE() << name;
  return part_lists().front();
}

// Goal: a list is dropped by its own counting. Method: drop across the border of two clients.
TEST(ShrinkTest, OperationsAreCountedThroughAllClients) {
  const PartList& operations = list_named("operations");
  Scenario scenario = of_two_clients();
  ASSERT_EQ(operations.count(scenario), 5U);
  operations.drop(scenario, 1, 4);
  const auto& clients = scenario.incarnations[0].clients;
  ASSERT_EQ(clients[0].size(), 1U);
  ASSERT_EQ(clients[1].size(), 1U);
  EXPECT_EQ(clients[1][0], Operation(op::Get{.key = "b"}));
}

// Goal: switches stay with their operations. Method: a client's operations begin at its steps 10, 20 and 30; drop the
// first, then the second. Expectation: the switch in the dropped one goes, the later one comes earlier.
TEST(ShrinkTest, SwitchesShiftWithTheirOperations) {
  const Scenario before = of_two_clients();
  const RunNotes notes = {{.clients = {{.fiber = 5, .begins = {10, 20, 30}}, {.fiber = 6, .begins = {9, 11}}}}};
  Scenario after = before;
  after.incarnations[0].clients[0].erase(after.incarnations[0].clients[0].begin());
  shift_switches(before, notes, after);
  EXPECT_EQ(after.incarnations[0].recorded->schedule, (std::vector<Deviation>{{.fiber = 5, .step = 15, .next = 6}}));

  Scenario other = before;
  other.incarnations[0].clients[0].erase(other.incarnations[0].clients[0].begin() + 1);
  shift_switches(before, notes, other);
  EXPECT_EQ(other.incarnations[0].recorded->schedule, (std::vector<Deviation>{{.fiber = 5, .step = 12, .next = 6}}));
}

// Goal: a crash that is not met moves to like calls, last first. Method: calls of the log and of a table.
TEST(ShrinkTest, AnUnmetCrashMovesToLikeCalls) {
  using faultfs::Anchor;
  using faultfs::CallKind;
  const auto append = [](std::uint64_t nth) {
    return Anchor{.role = "wal", .generation = 1, .call = CallKind::kAppend, .nth = nth};
  };
  Scenario asked;
  asked.incarnations.emplace_back().recorded.emplace().crash = CrashAnchor{.at = append(9), .after = true};
  Scenario met = asked;
  met.incarnations[0].recorded->crash.reset();
  const RunNotes known = {{.calls = {{.at = append(9), .phase = Phase::kWork}}}};
  const Anchor of_table{.role = "sst", .generation = 1, .call = CallKind::kAppend, .nth = 1};
  const RunNotes notes = {{.calls = {{.at = append(1), .phase = Phase::kOpen},
                                     {.at = append(2), .phase = Phase::kWork},
                                     {.at = append(3), .phase = Phase::kWork},
                                     {.at = of_table, .phase = Phase::kWork},
                                     {.at = append(4), .phase = Phase::kClose}}}};
  const auto moved = with_crash_moved({.asked = asked, .met = met, .notes = notes, .known = known});
  ASSERT_EQ(moved.size(), 2U);
  EXPECT_EQ(moved[0].incarnations[0].recorded->crash->at, append(3));
  EXPECT_EQ(moved[1].incarnations[0].recorded->crash->at, append(2));
  EXPECT_TRUE(moved[0].incarnations[0].recorded->crash->after);
  EXPECT_TRUE(with_crash_moved({.asked = asked, .met = asked, .notes = notes, .known = known}).empty());
}

// Goal: a candidate's options are ones that a store opens with, or its open would fail alike for another cause. Method:
// the defaults; a number out of its range; a policy that is none, and one with a bad parameter.
TEST(ShrinkTest, OptionsStayValid) {
  StackPool stacks;
  const Search search({}, stacks, {});
  Options options;
  EXPECT_TRUE(search.opens_with(options));
  options.wal_file_rotate_bytes = 1;
  EXPECT_FALSE(search.opens_with(options));
  for (const char* policy : {"no-such-policy", "fifo:bytes=many"}) {
    Options other;
    other.compaction_policy = policy;
    EXPECT_FALSE(search.opens_with(other)) << policy;
  }
}

}  // namespace
}  // namespace mylonite::sim
