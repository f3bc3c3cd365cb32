// Carries out a merge: reads the input runs, writes one output run, and says what that changes. Keeps every version of
// every key. Commits nothing: the caller commits the edit, then removes the inputs' files.
// Thread-safety: one call a job.
#pragma once

#include <memory>
#include <vector>

#include "core/compaction/policy.h"
#include "core/sst/run_writer.h"
#include "core/sst/table_reader.h"

namespace mylonite {

// `inputs`: the open tables of all input runs, in any order.
Result<VersionEdit> run_job(const RunTarget& target, const CompactionJob& job,
                            const std::vector<std::shared_ptr<const TableReader>>& inputs);

}  // namespace mylonite
