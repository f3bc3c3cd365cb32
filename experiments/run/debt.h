// What a tree still has to merge, exactly: the store on a copy of the disk, without clients, until it rests.
//
// The copy is of the moment at which the process would die. So the open flushes what only logs held: the flush is not
// counted, the merges that it causes are. Neither device nor processors take time there, and the run that is watched
// does not notice.
// Thread-safety: pure functions; simulated machines of their own.
#pragma once

#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/faultfs/disk.h>
#include <mylonite/options.h>
#include <mylonite/status.h>

#include "experiments/result/run_result.h"

namespace mylonite::experiments {

// Adds to the figures, for each disk, the bytes that merges write until the store rests. Errors: those of the open.
Status measure_debt(const std::vector<faultfs::Disk>& disks, const Options& options, const CompactionPolicies& policies,
                    RunFigures& figures);

}  // namespace mylonite::experiments
