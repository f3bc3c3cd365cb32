// One merge of a store: planned, then carried out in steps, which may lie apart in time and on different threads.
//
// Thread-safety: one thread at a time. plan_merge and MergeExecution do I/O and need no lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/compaction/job.h"
#include "core/compaction/scheduler.h"
#include "core/store/engine_state.h"
#include "core/store/new_tables.h"

namespace mylonite {

struct MergeRequest;
class MergeExecution;

struct MergeTask {
  JobPlan plan;
  JobRecord record;
  RunningJob running{};
  std::shared_ptr<MergeRequest> request{};      // null: the policy chose the job
  std::unique_ptr<MergeExecution> execution{};  // from the first step on
  std::uint64_t bytes_done = 0;
  Dropped dropped{};  // known when all steps are done
  Pace pace{};

  JobProgress progress() const;
};

// Requires a job that is legal in the version. Floor and snapshots of the drop rule are set when the task starts.
std::unique_ptr<MergeTask> plan_merge(const EngineState& state, const std::shared_ptr<const Version>& version,
                                      CompactionJob job, Timestamp now);

class MergeExecution {
 public:
  MergeExecution(EngineState& state, const MergeTask& task);

  Result<bool> step(std::uint64_t bytes) { return runner_->step(bytes); }  // false: all is done
  Result<VersionEdit> finish() { return runner_->finish(); }
  const Dropped& dropped() const { return runner_->dropped(); }
  std::uint64_t edge_bytes() const { return runner_->edge_bytes(); }
  void remove_tables() {  // after a failure; the last call
    runner_.reset();
    tables_.remove();
  }

 private:
  NewTables tables_;
  std::optional<JobRunner> runner_;
};

}  // namespace mylonite
