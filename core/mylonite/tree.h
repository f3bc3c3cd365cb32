// The tree as plain structs: levels of runs of tables. A version lists it, and a compaction policy sees it.
//
// A run is a list of tables with disjoint key ranges in key order; a level is a list of runs, newest first. Every
// level, level 0 included, has this form. Run ids order the runs of a level by the age of their data: larger is newer.
// Across levels, for every key, a level holds newer versions than the levels below it.
// Thread-safety: values.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include <mylonite/table_info.h>

namespace mylonite {

inline constexpr std::uint32_t kLevelsMax = 64;  // whatever the options

struct RunId {
  std::uint64_t value = 0;
  auto operator<=>(const RunId&) const = default;
};

struct Run {
  RunId id;
  std::vector<TableInfo> tables;  // in key order
  bool operator==(const Run&) const = default;
};

struct Level {
  std::vector<Run> runs;  // newest first
  bool operator==(const Level&) const = default;
};

using Levels = std::span<const Level>;  // level 0 first; borrows

// The position of a run. Positions order runs by the age of their data for any key: by level, and within a level larger
// run ids first.
struct RunPosition {
  std::uint32_t level = 0;
  RunId run{};
  bool operator==(const RunPosition&) const = default;
};
// Whether data at `a` is newer than data of the same key at `b`.
constexpr bool newer(const RunPosition& a, const RunPosition& b) {
  return a.level != b.level ? a.level < b.level : a.run > b.run;
}
struct NewerFirst {
  bool operator()(const RunPosition& a, const RunPosition& b) const { return newer(a, b); }
};
inline constexpr RunId kNewestRun{UINT64_MAX};  // stands for a run that does not exist yet

}  // namespace mylonite
