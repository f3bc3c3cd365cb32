// What leveled policies share: which levels are due, and the job that brings a level back to one run.
// Thread-safety: pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/compaction/shape.h"

namespace mylonite {

struct DueLevel {
  std::uint32_t level = 0;
  std::int64_t score = 0;  // due from kScoreUnit on
  std::string trigger;
  bool too_many_runs = false;  // more than the one run that leveling allows, left by another policy or other options
};

// Every level with its score, highest first, then the upper one. Level 0: runs / level0_compact_runs or bytes /
// compaction_threshold_bytes, whichever is more; others: compensated bytes of tables that are not busy / target, or
// runs. The last level has no target.
std::vector<DueLevel> level_scores(const PolicyView& view, const std::set<FileNumber>& busy);

// The whole level, and what must come along, into the next one; in the last level into its oldest run.
CompactionJob whole_level_job(const PolicyView& view, const std::set<FileNumber>& busy, const DueLevel& due);

// So many runs of level 0 start a merge: one more where there is no level below to take it.
std::uint64_t level0_trigger(const PolicyView& view);

// The best few of what was not chosen.
void add_rejected(Reason& why, Candidate candidate);

}  // namespace mylonite
