#include "core/version/version.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "core/format/internal_key.h"

namespace mylonite {
namespace {

TableInfo table(std::uint64_t number, std::string_view low, std::string_view high) {
  return {.number = FileNumber{number},
          .file_bytes = 1000 + number,
          .footer_hash = number,
          .smallest = internal_key(low, Timestamp{9}, Kind::kPut),
          .largest = internal_key(high, Timestamp{1}, Kind::kPut),
          .entries = 10,
          .tombstones = 1,
          .oldest = Timestamp{1},
          .newest = Timestamp{9}};
}

VersionEdit add(std::uint32_t level, std::uint64_t run, const TableInfo& info) {
  return {.next_file = FileNumber{1000}, .added = {{.level = level, .run = RunId{run}, .table = info}}};
}

Version after(const Version& before, const VersionEdit& edit) {
  const auto result = apply(before, edit);
  EXPECT_TRUE(result.ok()) << result.error().to_string();
  return result.ok() ? *result : before;
}

// Goal: edits order what they add. Method: tables and runs added out of order. Expectation: runs newest first, tables
// in key order; fields that an edit lacks stay.
TEST(Version, EditsKeepOrder) {
  Version version = after({}, add(0, 5, table(5, "m", "p")));
  version = after(version, add(0, 9, table(9, "a", "z")));
  version = after(version, add(0, 5, table(6, "a", "c")));
  version = after(version, add(2, 1, table(1, "a", "b")));
  ASSERT_EQ(version.levels.size(), 3U);
  ASSERT_EQ(version.levels[0].runs.size(), 2U);
  EXPECT_EQ(version.levels[0].runs[0].id, RunId{9});
  EXPECT_EQ(version.levels[0].runs[1].tables[0].number, FileNumber{6});
  EXPECT_EQ(version.levels[0].runs[1].tables[1].number, FileNumber{5});
  EXPECT_EQ(version.tables().size(), 4U);
  const Version later = after(version, {.ceiling = Timestamp{77}});
  EXPECT_EQ(later.next_file, FileNumber{1000});
  EXPECT_EQ(later.ceiling, Timestamp{77});
  EXPECT_EQ(later.levels, version.levels);
}

// Goal: an edit that does not fit is refused. Method: one misfit each. Expectation: kCorruption.
TEST(Version, MisfitsAreRefused) {
  const Version version = after({}, add(0, 5, table(5, "m", "p")));
  TableInfo no_internal_keys = table(6, "a", "b");
  no_internal_keys.smallest = no_internal_keys.largest = "short";
  const VersionEdit misfits[] = {
      {.removed = {FileNumber{4}}},                 // not live
      {.removed = {FileNumber{5}, FileNumber{5}}},  // twice
      add(0, 5, table(6, "p", "q")),                // shares a user key
      add(0, 5, table(6, "n", "o")),                // overlaps
      add(1, 5, table(5, "a", "b")),                // listed twice
      add(0, 8, table(2000, "a", "b")),             // number never handed out
      add(0, 8, table(6, "b", "a")),                // not a range
      add(0, 8, no_internal_keys),
  };
  for (const VersionEdit& misfit : misfits) {
    const auto result = apply(version, misfit);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), Code::kCorruption);
  }
}

// Goal: removing undoes adding; empty runs and levels go. Method: add two, remove one, then both.
// Expectation: what was before.
TEST(Version, RemovalLeavesNoShells) {
  const Version one = after({}, add(0, 5, table(5, "m", "p")));
  Version two = after(one, add(3, 2, table(2, "m", "p")));
  EXPECT_EQ(after(two, {.removed = {FileNumber{2}}}), one);
  two = after(two, {.removed = {FileNumber{5}, FileNumber{2}}});
  EXPECT_TRUE(two.levels.empty());
}

// Goal: a snapshot is the version. Method: rapidcheck builds versions by random edits. Expectation: applying its
// snapshot to nothing gives an equal version.
TEST(Version, SnapshotRoundTrip) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& places, std::uint32_t ceiling) {
    Version version;
    std::uint64_t number = 1;
    for (const std::uint8_t place : places) {
      const std::string key(1, static_cast<char>(place));
      // Placed by chance; what does not fit is refused and leaves things as they are.
      const auto next = apply(version, add(place % 4U, 1 + place / 4U % 8U, table(number, key, key)));
      if (next.ok()) version = *next;
      ++number;
    }
    version.ceiling = Timestamp{ceiling};
    version.expired_through = Timestamp{ceiling / 2};
    version.first_log = FileNumber{number};
    RC_ASSERT(apply({}, version.snapshot()).value() == version);
  }));
}

}  // namespace
}  // namespace mylonite
