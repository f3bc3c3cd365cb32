#include "core/store/merge_task.h"

#include <algorithm>
#include <set>
#include <utility>

#include <mylonite/compaction_shape.h>

#include "core/compaction/filter_rate.h"
#include "core/compaction/legality.h"

namespace mylonite {
namespace {

void record_expiry(const Version& version, const CompactionJob& job, JobRecord& record) {
  for (const CompactionInput& input : job.inputs) {
    for (const TableInfo* table : tables_of(version.levels, input)) {
      record.expired_through = std::max(record.expired_through, table->newest);
      record.dropped += table->entries + table->range_deletes;
    }
  }
}

// The manifest's record of a job that is about to start.
JobRecord record_of(const Version& version, const CompactionJob& job) {
  JobRecord record;
  record.why = job.why;
  record.to_level = job.to_level;
  record.move = job.move;
  std::set<std::uint32_t> levels;
  for (const CompactionInput& input : job.inputs) {
    levels.insert(input.level);
    record.tables_in += input.tables.size();
  }
  record.from_levels.assign(levels.begin(), levels.end());
  record.bytes_in = input_bytes(version.levels, job.inputs, kLevelsMax);
  if (job.expire) record_expiry(version, job, record);
  if (job.to_level > 0) record.bytes_above = input_bytes(version.levels, job.inputs, job.to_level - 1);
  return record;
}

JobRunner::Inputs inputs_of(const EngineState& state, const CompactionJob& job) {
  JobRunner::Inputs inputs;
  for (const CompactionInput& input : job.inputs) {
    if (job.move || job.expire) break;
    TableList tables = state.catalog->tables_of(input.level, input.run);
    const std::set<FileNumber> wanted(input.tables.begin(), input.tables.end());
    std::erase_if(tables, [&](const auto& table) { return !wanted.contains(table->info().number); });
    inputs.push_back(std::make_shared<const TableList>(std::move(tables)));
  }
  return inputs;
}

}  // namespace

JobProgress MergeTask::progress() const {
  return {.id = record.id,
          .top_level = record.from_levels.front(),
          .bytes_done = bytes_done,
          .bytes_left = record.bytes_in - std::min(bytes_done, record.bytes_in)};
}

std::unique_ptr<MergeTask> plan_merge(const EngineState& state, const std::shared_ptr<const Version>& version,
                                      CompactionJob job, Timestamp now) {
  auto task = std::make_unique<MergeTask>();
  task->record = record_of(*version, job);
  task->record.id = state.catalog->new_file_number().value;
  task->record.at = now;
  task->plan = {.version = version,
                .job = std::move(job),
                .output = {},
                .drop = {.floor = kTimestampMin,
                         .tombstones_until = tombstones_until(state.options),
                         .older = {},
                         .expired_through = version->expired_through}};
  task->running = start_job(version->levels, task->plan.job, task->record.id);
  task->plan.output = task->running.output.run;
  task->plan.drop.older = older_than_output(*version, task->plan.job);
  return task;
}

MergeExecution::MergeExecution(EngineState& state, const MergeTask& task) : tables_(state) {
  const std::uint64_t filter_rate = filter_rate_of_job(state.options, task.plan.version->levels, task.plan.job);
  runner_.emplace(tables_.target(filter_rate), task.plan, inputs_of(state, task.plan.job));
}

}  // namespace mylonite
