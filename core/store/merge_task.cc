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

// Its span is what it takes, without a run that lies where its output goes, and at least a memtable: for the next such
// merge as much must come first. Tables are smaller than the log of the same writes, by as much as with flushes so far.
Pace pace_of(const EngineState& state, const Version& version, const CompactionJob& job) {
  const auto oldest = std::ranges::max_element(job.inputs, NewerFirst(), &CompactionInput::position);
  const std::uint64_t all = input_bytes(version.levels, job.inputs, kLevelsMax);
  const bool stays = oldest->level == job.to_level;
  const std::uint64_t kept = stays ? input_bytes(version.levels, {*oldest}, kLevelsMax) : 0;
  const std::uint64_t accepted = state.counters.wal_bytes.get();
  const std::uint64_t percent = accepted * 100 / std::max<std::uint64_t>(state.counters.flush_bytes.get(), 1);
  return {
      .began = accepted,
      .span = std::max((all - kept) * std::max<std::uint64_t>(percent, 100) / 100, state.options.memtable_max_bytes),
      .total = std::max<std::uint64_t>(all, 1)};
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
          .bytes_left = record.bytes_in - std::min(bytes_done, record.bytes_in),
          .paid_until = pace.paid_until(bytes_done)};
}

std::unique_ptr<MergeTask> plan_merge(const EngineState& state, const std::shared_ptr<const Version>& version,
                                      CompactionJob job, Timestamp now) {
  auto task = std::make_unique<MergeTask>();
  task->record = record_of(*version, job);
  task->record.id = state.catalog->new_file_number().value;
  task->record.at = now;
  task->pace = pace_of(state, *version, job);
  task->plan = {.version = version,
                .job = std::move(job),
                .output = {},
                .drop = {.floor = kTimestampMin,
                         .snapshots = {},
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
