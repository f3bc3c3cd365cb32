// Rule lost, in recovery. Found by seed 52, and shrunk.
#include <string>

#include <gtest/gtest.h>

#include "sim/machine/fiber.h"
#include "sim/run/run.h"

namespace mylonite::sim {

// clang-format off
TEST(Found, LostInRecoverySeed52) {
  Scenario scenario;
  scenario.wall_start_ticks = 17671392000000000U;

  IncarnationPlan& incarnation1 = scenario.incarnations.emplace_back();
  ASSERT_TRUE(set_option(incarnation1.options, "data_dir", "db").ok());
  ASSERT_TRUE(set_option(incarnation1.options, "compaction_threads", "1").ok());
  incarnation1.clients = {
      {
          op::Flush{},},
      {
          op::Put{.key = "a", .value = "c"},
          op::Put{.key = "a", .value = "a"},},
      {
          op::Put{.key = "a", .value = "b"},
          op::Remove{.key = "b"},},
  };
  incarnation1.ending = Ending::kPowerLoss;
  incarnation1.crash_mode = CrashMode::kAbandon;
  incarnation1.recorded = Recorded{
      .schedule = {{4, 3, 5}, {5, 6, 6}, {4, 26, 5}, {5, 27, 6}, },
      .crash = CrashAnchor{
          .at = {.role = "sst", .generation = 1, .call = faultfs::CallKind(/* sync */ 15), .nth = 1},
          .after = false},
      .image = {{"db/wal-3.log size", *faultfs::fate_from_string("lost")}, }};

  IncarnationPlan& incarnation2 = scenario.incarnations.emplace_back();
  ASSERT_TRUE(set_option(incarnation2.options, "data_dir", "db").ok());
  incarnation2.recorded = Recorded{};

  StackPool stacks;
  const Outcome outcome = run(scenario, stacks);
  EXPECT_FALSE(outcome.failure) << outcome.failure->rule << ": " << outcome.failure->what;
}
// clang-format on

}  // namespace mylonite::sim
