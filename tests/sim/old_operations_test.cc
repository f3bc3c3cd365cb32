// Operations of old scenario files mean what they meant when they were written.
#include "sim/scenario/old_operations.h"

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

// Goal: each operation of formats 1 to 3 is read as what it did. Method: one of each, all of its members set.
TEST(OldOperationsTest, EachIsConverted) {
  const OldOperation old{.key = "a", .text = "b", .number = 25, .batch = {{.key = "c", .value = "d"}, {.key = "e"}}};
  const Bounds bounds{.low = "a", .high = "b"};
  const Steps steps{.seed = 25, .targets = {"c", "e"}};
  const std::pair<const char*, Operation> expected[] = {
      {"put", op::Put{.key = "a", .value = "b"}},
      {"remove", op::Remove{.key = "a"}},
      {"batch", op::Batch{.items = old.batch}},
      {"remove-range", op::RemoveRange{.low = "a", .high = "b"}},
      {"ingest", op::Ingest{.items = old.batch}},
      {"get", op::Get{.key = "a"}},
      {"get-as-of", op::GetAsOf{.key = "a", .as_of = {.stamp = 6}}},
      {"scan", op::Scan{.bounds = bounds, .limit = 25}},
      {"scan-back", op::ScanBack{.bounds = bounds, .limit = 25}},
      {"scan-as-of", op::ScanAsOf{.bounds = bounds, .as_of = {.slot = 0, .stamp = 3}, .backward = true}},
      {"walk", op::WalkCursor{.bounds = bounds, .steps = steps}},
      {"open-cursor", op::OpenCursor{.slot = 1, .bounds = bounds}},
      {"use-cursor", op::UseCursor{.slot = 1, .steps = steps}},
      {"close-cursor", op::CloseCursor{.slot = 1}},
      {"take-snapshot", op::TakeSnapshot{.slot = 1}},
      {"release-snapshot", op::ReleaseSnapshot{.slot = 1}},
      {"sync", op::Sync{}},
      {"flush", op::Flush{}},
      {"compact-level", op::CompactLevel{.level = 25}},
      {"compact-range", op::CompactRange{.bounds = bounds}},
      {"checkpoint", op::Checkpoint{.keep = true}},
      {"sleep", op::Sleep{.duration_ns = 25}},
      {"clock-jump", op::ClockJump{.ticks = 25}},
      {"clock-freeze", op::ClockFreeze{}},
      {"clock-run", op::ClockRun{}}};
  for (const auto& [name, operation] : expected) {
    OldOperation named = old;
    named.name = name;
    EXPECT_EQ(converted(named), operation) << name;
  }
  EXPECT_FALSE(converted({.name = "explode"}));
}

// Goal: what a number meant beside a count. Method: the numbers that meant something else. Expectation: an even number
// of an as-of read names the slot of a snapshot, an eighth of cursors is in the past, jumps go back; an empty text is
// no bound, and is one of remove-range.
TEST(OldOperationsTest, NumbersWithTwoMeanings) {
  EXPECT_EQ(converted({.name = "get-as-of", .number = 26}), Operation(op::GetAsOf{.as_of = {.slot = 1, .stamp = 6}}));
  EXPECT_EQ(converted({.name = "open-cursor", .number = 208}),
            Operation(op::OpenCursor{.slot = 0, .as_of = AsOf{.slot = 1, .stamp = 6}}));
  EXPECT_EQ(converted({.name = "open-cursor", .number = 216}),
            Operation(op::OpenCursor{.slot = 0, .as_of = AsOf{.stamp = 6}}));
  EXPECT_EQ(converted({.name = "clock-jump", .number = UINT64_MAX}), Operation(op::ClockJump{.ticks = -1}));
  EXPECT_EQ(converted({.name = "scan"}), Operation(op::Scan{}));
  EXPECT_EQ(converted({.name = "compact-range", .key = "a"}), Operation(op::CompactRange{.bounds = {.low = "a"}}));
  EXPECT_EQ(converted({.name = "remove-range", .key = "a"}), Operation(op::RemoveRange{.low = "a", .high = ""}));
  EXPECT_EQ(converted({.name = "checkpoint"}), Operation(op::Checkpoint{.keep = false}));
}

}  // namespace
}  // namespace mylonite::sim
