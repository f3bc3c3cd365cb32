// Whether a job keeps the order of versions, whatever policy asked for it.
//
// Legal is: the inputs are live runs of one level, next to each other, newest first; the output goes to the same level,
// or to a deeper one if the inputs end with their level's oldest run and the levels between are empty, so that for
// every key all versions of a run stay newer than those of the runs behind it. Thread-safety: pure. Complexity: linear
// in runs.
#pragma once

#include "core/base/status.h"
#include "core/compaction/policy.h"

namespace mylonite {

Status check_legal(const Version& version, const CompactionJob& job);  // kInvalidArgument saying what is wrong

}  // namespace mylonite
