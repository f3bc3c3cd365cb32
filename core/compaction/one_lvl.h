// Leveling by parts: level 0 is merged whole into level 1; below, one table at a time, with what it overlaps, into the
// next level: the table of the highest-scored level that overlaps least for its size. Sources: O'Neil et al., "The
// Log-Structured Merge-Tree", 1996; the rules of partial leveling as in Sarkar et al., "Constructing and Analyzing the
// LSM Compaction Design Space", VLDB 2021.
//
// Order of choice: levels by score; a level left with several runs is first merged into one. While level 0 is due but
// waits for running jobs, level 1 starts no new ones. When nothing is due, expired tombstones.
// Thread-safety: pure.
#pragma once

#include "core/compaction/policy.h"

namespace mylonite {

const CompactionPolicy& one_lvl_policy();

}  // namespace mylonite
