// The check that a compaction job keeps the order of versions, whatever policy proposed it. It is exact up to key
// ranges: a table counts as holding every key of its range.
//
// The inputs of a legal job are live, named once, and in no running job. Further:
//   1. Between an input's place and the output's stands no other table that overlaps the input. So newer places hold
//      newer versions of every key, whether data moves down or up.
//   2. No other table of the output's run overlaps the hull of all inputs. So the run stays disjoint however the output
//      is cut into tables.
//   3. A job spans the places from its newest to its oldest, inputs and output. If the spans of two running jobs
//      share a place, their hulls share no key. So both stay legal whichever ends first.
//   4. The output's run exists, or it is a new one below level 0 (no job makes a run of level 0).
//   5. The inputs of a move are disjoint among themselves.
// Of tables that expire, only the first sentence and 3 are asked: whatever older data they hide expires with them.
// Thread-safety: pure. Complexity: runs of the inputs times tables.
#pragma once

#include <span>

#include <mylonite/compaction_job.h>
#include <mylonite/status.h>

namespace mylonite {

// kInvalidArgument with the reason if the job is illegal.
Status check_legal(Levels levels, std::span<const RunningJob> running, const CompactionJob& job);

// The job as a running one, which later checks take into account. Requires a legal job.
RunningJob start_job(Levels levels, const CompactionJob& job, std::uint64_t id);

}  // namespace mylonite
