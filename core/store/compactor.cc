#include "core/store/compactor.h"

#include <utility>
#include <vector>

#include "core/compaction/job.h"
#include "core/compaction/legality.h"
#include "core/format/file_names.h"

namespace mylonite {

Compactor::Compactor(SharedState& state, const CompactionPolicy& policy)
    : state_(state), policy_(policy), thread_("compaction", [this] { run(); }) {}

void Compactor::run() {
  rt::Lock lock(state_.mutex);
  while (!state_.closing && !state_.stopped) {
    const auto job = policy_.pick(*state_.catalog->version(), state_.options);
    if (!job) {
      state_.compaction_work.wait(lock);
      continue;
    }
    const Status done = compact(lock, *job);
    if (done.ok()) continue;
    if (!state_.closing) state_.listener.on_compaction_paused(done.error());
    return;
  }
}

Status Compactor::compact(rt::Lock& lock, const CompactionJob& job) {
  if (Status legal = check_legal(*state_.catalog->version(), job); !legal.ok()) return legal;
  lock.unlock();
  const RunTarget target{.fs = state_.fs,
                         .directory = state_.directory,
                         .options = state_.options,
                         .new_file_number = [this] { return state_.catalog->new_file_number(); },
                         .give_up = &state_.compaction_gives_up};
  std::vector<std::shared_ptr<const TableReader>> inputs;
  for (RunId run : job.inputs) {
    for (auto& table : state_.catalog->tables_of(job.from_level, run)) inputs.push_back(std::move(table));
  }
  auto edit = run_job(target, job, inputs);
  Status done = edit.ok() ? state_.catalog->commit(*edit) : Status(edit.error());
  lock.lock();
  if (!done.ok()) return done;
  rt::mark("compaction.installed");
  state_.publish();
  CompactionReport report{.policy = std::string(policy_.name()),
                          .reason = job.reason,
                          .runs = job.inputs.size(),
                          .tables_in = edit->removed.size(),
                          .tables_out = edit->added.size()};
  for (const VersionEdit::Added& added : edit->added) report.bytes_out += added.table.file_bytes;
  state_.listener.on_compaction(report);
  inputs.clear();
  state_.remove_unused_tables(lock);
  return {};
}

}  // namespace mylonite
