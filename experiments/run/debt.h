// What a tree still has to merge, exactly: the store on a copy of the disk, without clients, until it rests.
//
// The copy is of the moment at which the process would die. So the open flushes what only logs held: the flush is not
// counted, the merges that it causes are. Neither device nor processors take time there, and the run that is watched
// does not notice.
// Thread-safety: pure functions; simulated machines of their own.
#pragma once

#include <cstdint>

#include <mylonite/compaction_policy.h>
#include <mylonite/faultfs/disk.h>
#include <mylonite/options.h>
#include <mylonite/status.h>

namespace mylonite::experiments {

// Bytes that merges write until the store rests. Errors: those of the open.
Result<std::uint64_t> merge_debt(const faultfs::Disk& disk, const Options& options, const CompactionPolicies& policies);

}  // namespace mylonite::experiments
