// Whether a job keeps the order of versions, whatever policy asked for it. Exact up to key ranges: a table is taken to
// hold any key of its range.
//
// Legal is a job with inputs that are live, named once and busy in no running job, such that
//   1. no table outside the job whose range overlaps an input's stands between that input's place and the output's, so
//      that for every key newer places go on to hold newer versions, whether data moves down or up;
//   2. no other table of the output's run overlaps the hull of all inputs, so that the run stays disjoint however the
//      output is cut into tables;
//   3. against every running job: if the places from the newest to the oldest of inputs and output have one in common,
//      the hulls of their keys have no key in common. Then each job is legal whichever ends first;
//   4. the output's run exists, or is a new one below level 0 (there, only flushes make runs);
//   5. a move's inputs are disjoint among themselves.
// Thread-safety: pure. Complexity: runs of the inputs times tables.
#pragma once

#include <span>

#include <mylonite/compaction_job.h>
#include <mylonite/status.h>

namespace mylonite {

// kInvalidArgument saying what is wrong.
Status check_legal(Levels levels, std::span<const RunningJob> running, const CompactionJob& job);

// The job as later decisions see it. Requires a legal job.
RunningJob start_job(Levels levels, const CompactionJob& job, std::uint64_t id);

}  // namespace mylonite
