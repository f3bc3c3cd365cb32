#include "core/store/compactor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/compaction/legality.h"
#include "core/store/retry.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kLookAtClockNs = 10'000'000'000;  // the longest wait: the wall clock may jump
constexpr std::uint64_t kClockStandsNs = 1'000'000;       // the shortest wait: the wall clock may stand still
constexpr std::uint64_t kTickNs = 100;

}  // namespace

Compactor::Compactor(EngineState& state, ConfiguredPolicy policy)
    : state_(state),
      scheduler_(scheduler_named(state.options.compaction_scheduler)),
      jobs_max_(std::max(state.options.compaction_jobs_max, state.options.compaction_threads)),
      policies_{PolicyInForce{.configured = std::move(policy), .options = state.options}},
      shown_(&policies_.back().options) {
  const ConfiguredPolicy& named = policies_.back().configured;
  const auto version = state.catalog->version();
  if (version->policy && version->policy->policy == named.text &&
      version->policy->version == named.policy.state_version) {
    policy_state_ = version->policy->state;
  }
  state.catalog->environment().reads.on = named.policy.counts_reads;
  // Without the lock: no thread writes, flushes or merges before the open returns.
  obey(level0_rules(named, view_of(*version, running_, policies_.back())));
  for (std::uint64_t i = 0; i < state.options.compaction_threads; ++i) {
    threads_.emplace_back(fmt::format("compaction {}", i + 1), [this] { run(); });
  }
}

PolicyView Compactor::view_of(const Version& version, const std::vector<RunningJob>& running,
                              const PolicyInForce& policy) const {
  return {.levels = version.levels,
          .running = running,
          .options = policy.options,
          .now = state_.history.now(),
          .floor = state_.history.oldest_read(),
          .expire_max = state_.history.expire_max(),
          .state = policy_state_,
          .parameters = policy.configured.parameters};
}

void Compactor::add_to(StoreStats& stats) const {
  const rt::Lock lock(state_.mutex);
  stats.merges_running = running_.size();
  stats.merges_paused = trouble_ ? trouble_->to_string() : std::string();
  if (!refused_.empty()) stats.merges_refused = policies_.back().configured.text + ": " + refused_;
}

void Compactor::run() {
  const rt::Lock lock(state_.mutex);
  while (!ended()) {
    const std::uint64_t asks = state_.changes;
    if (deciding_ || changing_) {
      state_.merge_work.wait(state_.mutex);
    } else if (Task task = next_task(asks)) {
      work(std::move(task));
    } else {
      rest(asks);
    }
  }
  const Error why = paused_ ? *paused_ : closed();
  give_up_waiting(why);
  refuse_requests(why);
}

Compactor::Task Compactor::next_task(std::uint64_t asks) {
  const bool knows_of_none = !waiting_.empty() && answered_ == asks && rt::monotonic_ns() < wake_ns_;
  if (running_.size() < jobs_max_ && !knows_of_none) {
    if (Task task = decide()) {
      state_.note_change();  // for another thread: there may be more to do
      return task;
    }
    answered_ = asks;
  }
  return ended() ? nullptr : take_waiting();
}

Compactor::Task Compactor::take_waiting() {
  if (waiting_.empty()) return nullptr;
  std::vector<JobProgress> jobs;
  for (const Task& each : waiting_) jobs.push_back(each->progress());
  // A flush that fails again and again holds no merge: on a full disk a merge may make the room that the flush needs.
  const bool flushing = !state_.views.frozen().empty() && !state_.gate.refuses();
  const auto next = scheduler_.next({.jobs = jobs, .flushing = flushing});
  if (!next) return nullptr;
  Task task = std::move(waiting_[*next]);
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(*next));
  return task;
}

Compactor::Task Compactor::decide() {
  wake_ns_ = retry_ns_;
  if (rt::monotonic_ns() < retry_ns_) return nullptr;
  const auto waiting = std::ranges::find(requests_, false, [](const auto& each) { return each->started; });
  const std::shared_ptr<MergeRequest> request = waiting == requests_.end() ? nullptr : *waiting;
  const auto version = state_.catalog->version();
  const std::vector<RunningJob> running = running_;
  const PolicyInForce& policy = policies_.back();
  PolicyView view = view_of(*version, running, policy);
  std::vector<TableReads> reads;
  Choice choice;
  Status legal;
  Task task;
  deciding_ = true;
  {
    // Safe: while deciding_ is set, no other thread decides. Running jobs may end meanwhile, but none starts, so a
    // legal job stays legal.
    const rt::Unlocked unlocked(state_.mutex);
    if (policy.configured.policy.counts_reads) reads = state_.catalog->reads();
    view.reads = reads;
    choice = request ? Choice{.job = request->plan(view)} : choose(policy.configured, view);
    if (request && choice.job) legal = check_legal(version->levels, running, *choice.job);
    if (choice.job && legal.ok()) task = plan_merge(state_, version, std::move(*choice.job), view.now);
  }
  deciding_ = false;
  if (changing_) change_step_.notify_all();
  wake_ns_ = rt::kNever;
  if (!request) obey(std::move(choice.level0));
  if (!request && running.empty()) refused_ = std::move(choice.refused);
  if (const auto wake = choice.wake_at) {
    const std::uint64_t ticks = wake->ticks - std::min(wake->ticks, view.now.ticks);
    wake_ns_ = rt::monotonic_ns() + std::clamp(ticks * kTickNs, kClockStandsNs, kLookAtClockNs);
  }
  if (ended()) return nullptr;
  if (!task) {
    if (legal.ok() && request) finish(request, std::nullopt);
    // With no job running, waiting cannot make it legal.
    if (!legal.ok() && running.empty()) finish(request, legal.error());
    return nullptr;
  }
  task->request = request;
  if (!start(*task)) return nullptr;
  if (!request) policy_state_ = std::move(choice.next_state);
  return task;
}

void Compactor::obey(Level0Rules rules) {
  state_.gate.set_limits(rules.pressure);
  state_.flush_cuts = std::move(rules.flush_cuts);
}

bool Compactor::start(MergeTask& task) {
  const CompactionJob& job = task.plan.job;
  if (job.expire && !state_.history.begin_expiry(task.record.expired_through)) return false;
  task.record.policy = task.request ? "manual" : policies_.back().configured.text;
  if (task.request) task.request->started = true;
  if (!job.move && !job.expire) {
    task.plan.drop.floor = state_.history.raise_floor();
    task.plan.drop.snapshots = state_.history.snapshots_below_floor();
  }
  running_.push_back(std::move(task.running));
  pay(task);
  if (running_.size() > 1) rt::mark("compaction.concurrent");
  return true;
}

// One step more than what is done: a merge's next step is under way.
void Compactor::pay(const MergeTask& task) {
  if (!scheduler_.paces || task.request || task.plan.job.move || task.plan.job.expire) return;
  paid_until_[task.record.id] = task.pace.paid_until(task.bytes_done + state_.options.compaction_step_bytes);
  set_credit();
}

void Compactor::set_credit() {
  std::uint64_t least = UINT64_MAX;
  for (const auto& [job, accepted_bytes] : paid_until_) least = std::min(least, accepted_bytes);
  state_.gate.set_credit(least);
  state_.progress.notify_all();  // for writers that wait for it
}

void Compactor::end(const MergeTask& task) {
  std::erase_if(running_, [&](const RunningJob& each) { return each.id == task.record.id; });
  if (paid_until_.erase(task.record.id) > 0) set_credit();
  if (task.plan.job.expire) {
    state_.history.end_expiry();
    state_.progress.notify_all();  // for those who take a snapshot
  }
  ++state_.changes;
  state_.merge_work.notify_all();
}

void Compactor::rest(std::uint64_t asks) {
  if (ended() || asks != state_.changes) return;
  if (wake_ns_ == rt::kNever) {
    state_.merge_work.wait(state_.mutex);
  } else {
    state_.merge_work.wait_until(state_.mutex, wake_ns_);
  }
}

Result<std::optional<VersionEdit>> Compactor::make_tables(MergeTask& task) {
  // Safe: the task is in running_, so no other thread starts a job that meets its tables.
  const rt::Unlocked unlocked(state_.mutex);
  if (!task.execution) {
    state_.listener.on_compaction_begin(task.record);
    task.execution = std::make_unique<MergeExecution>(state_, task);
  }
  auto edit = carry_out(task);
  if (!edit.ok() && !state_.gives_up_tables.load(std::memory_order_relaxed)) task.execution->remove_tables();
  if (!edit.ok() || *edit) task.execution.reset();
  return edit;
}

Status Compactor::commit(MergeTask& task, VersionEdit& edit) {
  for (const VersionEdit::Added& added : edit.added) task.record.bytes_out += added.table.file_bytes;
  task.record.tables_out = edit.added.size();
  edit.jobs = {task.record};
  if (task.plan.job.expire) {
    edit.expired_through = task.record.expired_through;
    edit.history_floor = task.record.expired_through;
    state_.history.forget_before(task.record.expired_through);
  }
  edit.jobs_kept = state_.options.compaction_history_max;
  const bool records = !policy_state_.empty() && !changing_;  // else the change records the policy, after this
  if (records) {
    const ConfiguredPolicy& policy = policies_.back().configured;
    edit.policy = PolicyState{.policy = policy.text, .version = policy.policy.state_version, .state = policy_state_};
    ++recording_;
  }
  const Status done = commit_unlocked(edit);
  if (records && --recording_ == 0 && changing_) change_step_.notify_all();
  return done;
}

Status Compactor::commit_unlocked(const VersionEdit& edit) {
  // Safe: the task is still in running_, and the catalog orders commits by a lock of its own.
  const rt::Unlocked unlocked(state_.mutex);
  return state_.catalog->commit(edit);
}

void Compactor::work(Task task) {
  auto made = make_tables(*task);
  if (made.ok() && !*made) {
    rt::mark("compaction.gave_way");
    pay(*task);
    waiting_.push_back(std::move(task));
    return;
  }
  const Status done = made.ok() ? commit(*task, **made) : Status(made.error());
  if (!done.ok()) {
    end_failed(*task, done.error());
    return;
  }
  end(*task);
  count(*task, **made);
  succeeded();
  state_.publish();
  state_.progress.notify_all();
  state_.listener.on_compaction(task->record);
  if (task->request) finish(task->request, std::nullopt);
  state_.remove_unused_tables();
}

void Compactor::count(const MergeTask& task, const VersionEdit& edit) {
  const JobRecord& record = task.record;
  if (record.expires()) {
    rt::mark("compaction.expired");
    state_.counters.expiries.add(1);
    state_.counters.entries_dropped.add(record.dropped);
    return;
  }
  if (record.move) {
    rt::mark("compaction.moved");
    state_.counters.moves.add(1);
    return;
  }
  rt::mark("compaction.installed");
  state_.counters.merges.add(1);
  state_.counters.merge_bytes_in.add(record.bytes_in);
  state_.counters.merge_bytes_out.add(record.bytes_out);
  state_.counters.merge_bytes_edge.add(record.bytes_edge);
  for (const VersionEdit::Added& added : edit.added) state_.counters.merge_entries_out.add(added.table.entries);
  state_.count_dropped(task.dropped);
}

Result<std::optional<VersionEdit>> Compactor::carry_out(MergeTask& task) {
  const std::uint64_t step_bytes = state_.options.compaction_step_bytes;
  for (;;) {
    if (state_.gives_up_tables.load(std::memory_order_relaxed)) {
      return Error(Code::kClosed, "given up: the store is closing");
    }
    const auto more = task.execution->step(step_bytes);
    if (!more.ok()) return more.error();
    if (!*more) break;
    task.bytes_done += step_bytes;
    if (scheduler_.gives_way) return std::optional<VersionEdit>();
  }
  task.dropped = task.execution->dropped();
  if (!task.record.expires()) task.record.dropped = task.dropped.entries;
  task.record.bytes_edge = task.execution->edge_bytes();
  auto edit = task.execution->finish();
  if (!edit.ok()) return edit.error();
  return std::optional(std::move(*edit));
}

void Compactor::end_failed(MergeTask& task, const Error& why) {
  end(task);
  state_.listener.on_compaction_failed(task.record, why);
  failed(task, why);
}

// Jobs that gave way when merging ended: nobody goes on with them.
void Compactor::give_up_waiting(const Error& why) {
  while (!waiting_.empty()) {
    const Task task = std::move(waiting_.front());
    waiting_.pop_front();
    {
      // Safe: the task is off the list, and no thread begins another one.
      const rt::Unlocked unlocked(state_.mutex);
      if (!state_.gives_up_tables.load(std::memory_order_relaxed)) task->execution->remove_tables();
      task->execution.reset();
    }
    end_failed(*task, why);
  }
}

void Compactor::failed(MergeTask& task, const Error& why) {
  if (ended()) {
    if (task.request) finish(task.request, paused_ ? *paused_ : why);
    return;
  }
  if (!may_pass(why)) {
    paused_ = why;
    state_.merge_work.notify_all();
  } else {
    rt::mark("compaction.retried");
    retry_ns_ = rt::monotonic_ns() + pause_after(++failures_);
    if (failures_ < kFailuresBorne) {
      if (task.request) task.request->started = false;
      return;
    }
  }
  report_trouble(why);
  if (task.request) finish(task.request, why);
}

// Writers that wait for merges go on.
void Compactor::report_trouble(const Error& why) {
  if (!std::exchange(trouble_, why)) state_.listener.on_compaction_paused(why);
  state_.gate.stop_pressing();
  state_.progress.notify_all();
}

void Compactor::succeeded() {
  failures_ = 0;
  if (paused_ || !std::exchange(trouble_, std::nullopt)) return;
  state_.gate.resume_pressing();
  state_.listener.on_compaction_resumed();
}

}  // namespace mylonite
