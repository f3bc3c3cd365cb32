#include "core/store/compactor.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/compaction/filter_rate.h"
#include "core/compaction/legality.h"
#include "core/compaction/manual.h"
#include "core/store/new_tables.h"

namespace mylonite {
namespace {

constexpr std::uint64_t kStepBytes = 256 << 10;
constexpr std::uint64_t kRetries = 3;
constexpr std::uint64_t kFirstRetryNs = 100'000'000;
constexpr std::uint64_t kLookAtClockNs = 10'000'000'000;  // the longest wait: the wall clock may jump
constexpr std::uint64_t kClockStandsNs = 1'000'000;       // the shortest wait: the wall clock may stand still
constexpr std::uint64_t kTickNs = 100;

Error closed_error() { return Error(Code::kClosed, "the store is closed"); }

Timestamp wall_now() { return Timestamp{std::min(rt::wall_ticks(), kTimestampMax.ticks)}; }

// The manifest's record of a job that is about to start.
JobRecord record_of(const Version& version, const CompactionJob& job) {
  JobRecord record;
  record.why = job.why;
  record.to_level = job.to_level;
  record.move = job.move;
  std::set<FileNumber> inputs;
  std::set<std::uint32_t> levels;
  for (const CompactionInput& input : job.inputs) {
    inputs.insert(input.tables.begin(), input.tables.end());
    levels.insert(input.level);
  }
  record.from_levels.assign(levels.begin(), levels.end());
  record.tables_in = inputs.size();
  for (const TableInfo* table : version.tables())
    record.bytes_in += inputs.contains(table->number) ? table->file_bytes : 0;
  return record;
}

}  // namespace

Compactor::Compactor(EngineState& state, ConfiguredPolicy policy)
    : state_(state),
      policies_{PolicyInForce{.configured = std::move(policy), .options = state.options}},
      shown_(&policies_.back().options) {
  const ConfiguredPolicy& named = policies_.back().configured;
  const auto version = state.catalog->version();
  if (version->policy && version->policy->policy == named.text &&
      version->policy->version == named.policy.state_version) {
    policy_state_ = version->policy->state;
  }
  // Without the lock: no thread writes, flushes or merges before the open returns.
  state.gate.set_limits(pressure_limits(named, view_of(*version, running_, policies_.back())));
  for (std::uint64_t i = 0; i < state.options.compaction_threads; ++i) {
    threads_.emplace_back(fmt::format("compaction {}", i + 1), [this] { run(); });
  }
}

PolicyView Compactor::view_of(const Version& version, const std::vector<RunningJob>& running,
                              const PolicyInForce& policy) const {
  return {.levels = version.levels,
          .running = running,
          .options = policy.options,
          .now = wall_now(),
          .floor = state_.history.possible_floor(),
          .state = policy_state_,
          .parameters = policy.configured.parameters};
}

void Compactor::add_to(StoreStats& stats) const {
  const rt::Lock lock(state_.mutex);
  stats.merges_running = running_.size();
  stats.merges_paused = paused_ ? paused_->to_string() : std::string();
  if (!refused_.empty()) stats.merges_refused = policies_.back().configured.text + ": " + refused_;
}

void Compactor::run() {
  const rt::Lock lock(state_.mutex);
  while (!ended()) {
    const std::uint64_t asks = state_.changes;
    if (deciding_ || changing_) {
      state_.merge_work.wait(state_.mutex);
    } else if (auto task = decide()) {
      state_.note_change();  // for another thread: there may be more to do
      work(*task);
    } else {
      rest(asks);
    }
  }
  refuse_requests(paused_ ? *paused_ : state_.gate.closing() ? closed_error() : *state_.gate.stopped());
}

std::optional<Compactor::Task> Compactor::decide() {
  wake_ns_ = retry_ns_;
  if (rt::monotonic_ns() < retry_ns_) return std::nullopt;
  const auto waiting = std::ranges::find(requests_, false, [](const auto& each) { return each->started; });
  const std::shared_ptr<Request> request = waiting == requests_.end() ? nullptr : *waiting;
  const auto version = state_.catalog->version();
  const std::vector<RunningJob> running = running_;
  const PolicyInForce& policy = policies_.back();
  const PolicyView view = view_of(*version, running, policy);
  Choice choice;
  Status legal;
  std::optional<Task> task;
  deciding_ = true;
  {
    // Safe: while deciding_ is set, no other thread decides. Running jobs may end meanwhile, but none starts, so a
    // legal job stays legal.
    const rt::Unlocked unlocked(state_.mutex);
    choice = request ? Choice{.job = request->plan(view)} : choose(policy.configured, view);
    if (request && choice.job) legal = check_legal(version->levels, running, *choice.job);
    if (choice.job && legal.ok()) task = plan_task(version, std::move(*choice.job), view);
  }
  deciding_ = false;
  if (changing_) change_step_.notify_all();
  wake_ns_ = rt::kNever;
  if (!request) state_.gate.set_limits(choice.pressure);
  if (!request && running.empty()) refused_ = std::move(choice.refused);
  if (const auto wake = choice.wake_at) {
    const std::uint64_t ticks = wake->ticks - std::min(wake->ticks, view.now.ticks);
    wake_ns_ = rt::monotonic_ns() + std::clamp(ticks * kTickNs, kClockStandsNs, kLookAtClockNs);
  }
  if (ended()) return std::nullopt;
  if (!task) {
    if (legal.ok() && request) finish(request, std::nullopt);
    // With no job running, waiting cannot make it legal.
    if (!legal.ok() && running.empty()) finish(request, legal.error());
    return std::nullopt;
  }
  task->request = request;
  if (!request) policy_state_ = std::move(choice.next_state);
  start(*task);
  return task;
}

void Compactor::start(Task& task) {
  task.record.policy = task.request ? "manual" : policies_.back().configured.text;
  if (task.request) task.request->started = true;
  if (!task.plan.job.move) task.plan.drop.floor = state_.history.raise_floor();
  running_.push_back(std::move(task.running));
  if (running_.size() > 1) rt::mark("compaction.concurrent");
}

Compactor::Task Compactor::plan_task(const std::shared_ptr<const Version>& version, CompactionJob job,
                                     const PolicyView& view) const {
  Task task;
  task.record = record_of(*version, job);
  task.record.id = state_.catalog->new_file_number().value;
  task.record.at = view.now;
  task.plan = {.version = version,
               .job = std::move(job),
               .output = {},
               .drop = {.floor = kTimestampMin,  // set when the task starts
                        .tombstones_until = tombstones_until(state_.options),
                        .older = {}}};
  task.running = start_job(version->levels, task.plan.job, task.record.id);
  task.plan.output = task.running.output.run;
  task.plan.drop.older = older_than_output(*version, task.plan.job);
  return task;
}

void Compactor::rest(std::uint64_t asks) {
  if (ended() || asks != state_.changes) return;
  if (wake_ns_ == rt::kNever) {
    state_.merge_work.wait(state_.mutex);
  } else {
    state_.merge_work.wait_until(state_.mutex, wake_ns_);
  }
}

Result<VersionEdit> Compactor::make_tables(Task& task) {
  // Safe: the task is in running_, so no other thread starts a job that meets its tables.
  const rt::Unlocked unlocked(state_.mutex);
  state_.listener.on_compaction_begin(task.record);
  NewTables tables(state_);
  const std::uint64_t rate = filter_rate_of_job(state_.options, task.plan.version->levels, task.plan.job);
  auto edit = carry_out(task, tables.target(rate));
  if (!edit.ok() && !state_.gives_up_tables.load(std::memory_order_relaxed)) tables.remove();
  return edit;
}

Status Compactor::commit(Task& task, VersionEdit& edit) {
  for (const VersionEdit::Added& added : edit.added) task.record.bytes_out += added.table.file_bytes;
  task.record.tables_out = edit.added.size();
  edit.jobs = {task.record};
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

void Compactor::work(Task& task) {
  auto edit = make_tables(task);
  const Status done = edit.ok() ? commit(task, *edit) : Status(edit.error());
  std::erase_if(running_, [&](const RunningJob& each) { return each.id == task.record.id; });
  ++state_.changes;
  state_.merge_work.notify_all();
  if (!done.ok()) {
    state_.listener.on_compaction_failed(task.record, done.error());
    failed(task, done.error());
    return;
  }
  count(task.record, *edit);
  failures_ = 0;
  state_.publish();
  state_.progress.notify_all();
  state_.listener.on_compaction(task.record);
  if (task.request) finish(task.request, std::nullopt);
  state_.remove_unused_tables();
}

void Compactor::count(const JobRecord& record, const VersionEdit& edit) {
  if (record.move) {
    rt::mark("compaction.moved");
    state_.counters.moves.add(1);
    return;
  }
  rt::mark("compaction.installed");
  state_.counters.merges.add(1);
  state_.counters.merge_bytes_in.add(record.bytes_in);
  state_.counters.merge_bytes_out.add(record.bytes_out);
  for (const VersionEdit::Added& added : edit.added) state_.counters.merge_entries_out.add(added.table.entries);
  state_.counters.merge_dropped.add(record.dropped);
}

Result<VersionEdit> Compactor::carry_out(Task& task, const RunTarget& target) {
  JobRunner::Inputs inputs;
  for (const CompactionInput& input : task.plan.job.inputs) {
    if (task.plan.job.move) break;
    TableList tables = state_.catalog->tables_of(input.level, input.run);
    const std::set<FileNumber> wanted(input.tables.begin(), input.tables.end());
    std::erase_if(tables, [&](const auto& table) { return !wanted.contains(table->info().number); });
    inputs.push_back(std::make_shared<const TableList>(std::move(tables)));
  }
  JobRunner runner(target, task.plan, std::move(inputs));
  for (bool more = true; more;) {
    if (state_.gives_up_tables.load(std::memory_order_relaxed)) {
      return Error(Code::kClosed, "given up: the store is closing");
    }
    const auto stepped = runner.step(kStepBytes);
    if (!stepped.ok()) return stepped.error();
    more = *stepped;
  }
  task.record.dropped = runner.dropped();
  return runner.finish();
}

void Compactor::failed(Task& task, const Error& why) {
  if (ended()) {
    if (task.request) finish(task.request, paused_ ? *paused_ : why);
    return;
  }
  if (why.can_retry() && failures_ < kRetries) {
    rt::mark("compaction.retried");
    retry_ns_ = rt::monotonic_ns() + (kFirstRetryNs << failures_);
    ++failures_;
    if (task.request) task.request->started = false;
    return;
  }
  pause(why);
  if (task.request) finish(task.request, why);
}

void Compactor::pause(const Error& why) {
  paused_ = why;
  state_.gate.stop_pressing();
  state_.listener.on_compaction_paused(why);
  state_.merge_work.notify_all();
  state_.progress.notify_all();  // writers that wait for merges go on
}

void Compactor::finish(const std::shared_ptr<Request>& request, std::optional<Error> error) {
  std::erase(requests_, request);
  request->error = std::move(error);
  request->done = true;
  request->wake.notify_all();
  state_.note_change();
}

void Compactor::refuse_requests(const Error& why) {
  const std::deque<std::shared_ptr<Request>> all = requests_;
  for (const auto& request : all) {
    if (!request->started) finish(request, why);
  }
}

Status Compactor::compact_level(std::uint32_t level) {
  return submit([level](const PolicyView& view) { return compact_level_job(view, level); });
}

Status Compactor::compact_range(const KeyBounds& bounds) {
  return submit([bounds](const PolicyView& view) {
    return compact_range_job(view, bounds.low,
                             bounds.high ? std::optional<std::string_view>(*bounds.high) : std::nullopt);
  });
}

bool Compactor::begin_change() {
  while (changing_) change_step_.wait(state_.mutex);
  changing_ = true;
  while (deciding_ || recording_ > 0) change_step_.wait(state_.mutex);
  return !state_.gate.shut();
}

void Compactor::end_change() {
  changing_ = false;
  change_step_.notify_all();
  state_.note_change();
  state_.merge_work.notify_all();
}

Status Compactor::set_policy(ConfiguredPolicy policy, std::string_view text) {
  const rt::Lock lock(state_.mutex);
  if (state_.gate.closing()) return closed_error();
  if (state_.gate.stopped()) return *state_.gate.stopped();
  const Caller caller(state_);
  if (!begin_change()) {
    end_change();
    return state_.gate.closing() ? closed_error() : *state_.gate.stopped();
  }
  PolicyInForce next{.configured = std::move(policy), .options = state_.options};
  next.options.compaction_policy = text;
  // State is a policy's own: the new one begins without.
  policy_state_.clear();
  const auto version = state_.catalog->version();
  const std::vector<RunningJob> running = running_;
  const PolicyView view = view_of(*version, running, next);
  PressureLimits limits;
  Status done;
  {
    // Safe: while changing_ is set, no thread decides, and no other commit records a policy.
    const rt::Unlocked unlocked(state_.mutex);
    limits = pressure_limits(next.configured, view);
    done = state_.catalog->commit(
        {.policy = PolicyState{
             .policy = next.configured.text, .version = next.configured.policy.state_version, .state = {}}});
  }
  if (done.ok()) {
    const std::string from = policies_.back().configured.text;
    policies_.push_back(std::move(next));
    shown_.store(&policies_.back().options, std::memory_order_release);
    state_.gate.set_limits(limits);
    state_.publish();  // weighs the pressure by the new limits
    state_.progress.notify_all();
    state_.listener.on_policy_changed(from, policies_.back().configured.text);
  } else {
    state_.stop(done.error());
  }
  end_change();
  return done;
}

Status Compactor::submit(Planner plan) {
  const rt::Lock lock(state_.mutex);
  if (state_.gate.closing()) return closed_error();
  if (state_.gate.stopped()) return *state_.gate.stopped();
  if (paused_) return paused_->prefixed("merging is paused until the store is reopened");
  const Caller caller(state_);
  const auto request = std::make_shared<Request>();
  request->plan = std::move(plan);
  requests_.push_back(request);
  state_.note_change();
  while (!request->done) request->wake.wait(state_.mutex);
  if (request->error) return *request->error;
  return {};
}

}  // namespace mylonite
