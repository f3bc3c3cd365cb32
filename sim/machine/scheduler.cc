#include "sim/machine/scheduler.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sanitizer/lsan_interface.h>

#include "core/base/hash.h"
#include "core/base/invariant.h"
#include "sim/machine/sanitizer.h"
#include "sim/machine/scheduler_task.h"

namespace mylonite::sim {

namespace {

void insert_sorted(std::vector<int>& ascending, int id) {
  ascending.insert(std::ranges::lower_bound(ascending, id), id);
}
void erase_sorted(std::vector<int>& ascending, int id) { ascending.erase(std::ranges::lower_bound(ascending, id)); }

}  // namespace

FiberScheduler::FiberScheduler(const World& world, Strategy& strategy, const RunOptions& options)
    : world_(world),
      strategy_(strategy),
      by_default_(strategy.is_default()),
      options_(options),
      entropy_(options.entropy_seed) {}

FiberScheduler::~FiberScheduler() {
  for (const std::unique_ptr<Task>& abandoned : tasks_) {
    if (!kAddressSanitizer || abandoned->state == State::kFinished) continue;
    // LeakSanitizer must not report what an abandoned body holds, either.
    const auto* kept = new std::function<void()>(std::move(abandoned->body.call));
    __lsan_ignore_object(kept);
  }
}

RunOutcome FiberScheduler::run(std::function<void()> main) {
  const SimulatorCode scope;
  invariant(tasks_.empty() && rt::current_scheduler == nullptr, "a scheduler runs once, and not inside another");
  current_ = &add_task("main", std::move(main));
  return enter();
}

RunOutcome FiberScheduler::resume() {
  const SimulatorCode scope;
  invariant(outcome_.end == RunEnd::kPaused && rt::current_scheduler == nullptr, "a run that goes on was paused");
  return enter();
}

RunOutcome FiberScheduler::enter() {
  last_step_ = step_ + options_.step_limit;
  rt::current_scheduler = this;
  host_.switch_to(*current_->fiber);
  rt::current_scheduler = nullptr;
  if (outcome_.end == RunEnd::kPaused) return outcome_;
  for (const std::unique_ptr<Task>& each : tasks_) take_over(each.get());
  forget_unwinding();
  world_.trace.event(EventKind::kRunEnd, static_cast<std::uint64_t>(outcome_.end), step_);
  return std::move(outcome_);
}

void FiberScheduler::drop() {
  const SimulatorCode scope;
  if constexpr (kThreadSanitizer) {
    if (!unwinding_) unwinding_ = Unwinding{world_.trace, world_.clock, step_, deviations_.size()};
  } else {
    abandon();
  }
}

void FiberScheduler::abandon() {
  const SimulatorCode scope;
  current_->fiber->switch_to(end(RunEnd::kDropped));
  std::abort();
}

void FiberScheduler::pause() {
  const SimulatorCode scope;
  current_->fiber->switch_to(end(RunEnd::kPaused));
}

void FiberScheduler::forget_unwinding() {
  if (!unwinding_) return;
  world_.trace = unwinding_->trace;
  world_.clock = unwinding_->clock;
  step_ = unwinding_->step;
  deviations_.resize(unwinding_->deviations);
  outcome_ = {RunEnd::kDropped, ""};
}

int FiberScheduler::current_fiber() const { return current_->id; }
const std::string& FiberScheduler::name_of(int fiber) const { return task(fiber).name; }
std::uint64_t FiberScheduler::own_step() const { return current_->steps; }

// ---- threads

FiberScheduler::Task& FiberScheduler::add_task(std::string name, std::function<void()> body) {
  const int id = static_cast<int>(tasks_.size()) + 1;
  Task& added = *tasks_.emplace_back(std::make_unique<Task>(*this, id, std::move(name)));
  std::construct_at(&added.body.call, std::move(body));
  added.fiber.emplace(world_.stacks, &FiberScheduler::task_main, &added);
  runnable_.push_back(id);
  ++unfinished_;
  return added;
}

Fiber& FiberScheduler::task_main(void* argument) {
  Task& self = *static_cast<Task*>(argument);
  self.body.call();
  std::destroy_at(&self.body.call);
  const SimulatorCode scope;
  FiberScheduler& scheduler = self.scheduler;
  scheduler.settle(self);
  hand_over(&self);
  scheduler.block(self, State::kFinished);
  --scheduler.unfinished_;
  for (const std::unique_ptr<Task>& each : scheduler.tasks_) {
    if (each->state == State::kJoining && each->joins == self.id) scheduler.wake(*each);
  }
  scheduler.count_step(self, EventKind::kFinish);
  return scheduler.decide(self);
}

int FiberScheduler::start(std::string name, std::function<void()> body) {
  const SimulatorCode scope;
  settle(*current_);
  const int id = add_task(std::move(name), std::move(body)).id;
  take_step(*current_, EventKind::kStart);
  return id;
}

void FiberScheduler::join(int thread) {
  const SimulatorCode scope;
  invariant(thread >= 1 && static_cast<std::size_t>(thread) <= tasks_.size(), "a thread that is joined exists", thread);
  Task& self = *current_;
  settle(self);
  Task& joined = task(thread);
  invariant(joined.fiber.has_value(), "a thread is joined once", thread, self.id);
  if (joined.state != State::kFinished) {
    self.joins = thread;
    block(self, State::kJoining);
    take_step(self, EventKind::kJoin);
  }
  take_over(&joined);
  joined.fiber.reset();
}

// ---- locks and conditions

void FiberScheduler::acquire(Task& self, rt::Mutex& mutex) {
  while (mutex.simulated_owner != 0) {
    self.mutex = &mutex;
    block(self, State::kLocking);
    take_step(self, EventKind::kBlock);
  }
  mutex.simulated_owner = self.id;
  take_over(&mutex);
}

void FiberScheduler::release(rt::Mutex& mutex) {
  invariant(mutex.simulated_owner == current_->id, "a mutex is unlocked by its holder", mutex.simulated_owner,
            current_->id);
  hand_over(&mutex);
  mutex.simulated_owner = 0;
  if (locking_ == 0) return;
  for (const std::unique_ptr<Task>& each : tasks_) {
    if (each->state == State::kLocking && each->mutex == &mutex) wake(*each);
  }
}

void FiberScheduler::lock(rt::Mutex& mutex) {
  const SimulatorCode scope;
  Task& self = *current_;
  settle(self);
  take_step(self, EventKind::kLock);
  acquire(self, mutex);
}

bool FiberScheduler::try_lock(rt::Mutex& mutex) {
  const SimulatorCode scope;
  Task& self = *current_;
  settle(self);
  take_step(self, EventKind::kTryLock);
  if (mutex.simulated_owner != 0) return false;
  acquire(self, mutex);
  return true;
}

void FiberScheduler::unlock(rt::Mutex& mutex) {
  const SimulatorCode scope;
  settle(*current_);
  release(mutex);
  take_step(*current_, EventKind::kUnlock);
}

bool FiberScheduler::wait(rt::CondVar& condition, rt::Mutex& mutex, std::uint64_t deadline_ns) {
  const SimulatorCode scope;
  Task& self = *current_;
  settle(self);
  // Wake-ups get lost between the caller's check of its condition and its sleep.
  take_step(self, EventKind::kBeforeWait);
  release(mutex);
  self.condition = &condition;
  self.mutex = &mutex;
  self.deadline_ns = deadline_ns;
  self.waits_since = step_;
  block(self, State::kWaiting);
  take_step(self, EventKind::kWait);
  const bool in_time = !self.timed_out;
  acquire(self, mutex);
  return in_time;
}

void FiberScheduler::notify(rt::CondVar& condition, bool all) {
  const SimulatorCode scope;
  settle(*current_);
  Task* longest = nullptr;
  for (const std::unique_ptr<Task>& each : tasks_) {
    if (each->state != State::kWaiting || each->condition != &condition) continue;
    if (all) {
      wake(*each);
    } else if (longest == nullptr || each->waits_since < longest->waits_since) {
      longest = each.get();
    }
  }
  if (longest != nullptr) wake(*longest);
  take_step(*current_, EventKind::kNotify);
}

// ---- time, chance, notes

void FiberScheduler::sleep_until(std::uint64_t deadline_ns) {
  const SimulatorCode scope;
  Task& self = *current_;
  settle(self);
  self.deadline_ns = deadline_ns;
  block(self, State::kSleeping);
  take_step(self, EventKind::kSleep);
}

std::uint64_t FiberScheduler::monotonic_ns() {
  const SimulatorCode scope;
  settle(*current_);
  return world_.clock.monotonic_ns();
}

std::uint64_t FiberScheduler::wall_ticks() {
  const SimulatorCode scope;
  settle(*current_);
  return world_.clock.wall_ticks();
}

std::uint64_t FiberScheduler::entropy64() {
  const SimulatorCode scope;
  const std::uint64_t number = entropy_.next();
  world_.trace.event(EventKind::kEntropy, number, 0);
  return number;
}

void FiberScheduler::point(const char* where) {
  const SimulatorCode scope;
  Task& self = *current_;
  settle(self);
  self.last_point = where;
  take_step(self, EventKind::kPoint);
}

void FiberScheduler::mark(const char* name) {
  const SimulatorCode scope;
  // The address only picks a cache slot; counts are kept by name.
  CachedMark& cached = mark_cache_[mix64(reinterpret_cast<std::uintptr_t>(name)) % mark_cache_.size()];
  if (cached.name != name) cached = {name, &marks_[name]};
  ++*cached.count;
}

void FiberScheduler::work(rt::Work kind, std::uint64_t count) {
  if (options_.processors == nullptr) return;
  const SimulatorCode scope;
  Task& self = *current_;
  self.debt_ps += options_.processors->price_ps(kind, count);
  if (self.debt_ps >= Processors::kSettleAtPs) settle(self);
}

void FiberScheduler::settle(Task& self) {
  if (self.debt_ps > 0) work_off(self);
}

// Lets time pass until the work of `self` is done.
void FiberScheduler::work_off(Task& self) {
  const std::uint64_t done_ns =
      options_.processors->done_ns(world_.clock.monotonic_ns(), std::exchange(self.debt_ps, 0));
  if (runnable_.size() == 1 && done_ns < due_ns_) {
    world_.clock.advance_to(done_ns);
    return;
  }
  self.deadline_ns = done_ns;
  block(self, State::kSleeping);
  take_step(self, EventKind::kSleep);
}

// ---- the schedule

void FiberScheduler::block(Task& self, State state) {
  self.state = state;
  self.timed_out = false;
  erase_sorted(runnable_, self.id);
  if (state == State::kWaiting) insert_sorted(waiting_, self.id);
  if (state == State::kLocking) ++locking_;
  due_ns_ = std::min(due_ns_, self.deadline_ns);
}

void FiberScheduler::wake(Task& sleeper) {
  if (sleeper.state == State::kWaiting) erase_sorted(waiting_, sleeper.id);
  if (sleeper.state == State::kLocking) --locking_;
  sleeper.state = State::kRunnable;
  sleeper.deadline_ns = rt::kNever;
  insert_sorted(runnable_, sleeper.id);
}

// Wakes the fibers whose deadline has passed; makes due_ns_ exact.
void FiberScheduler::wake_due() {
  const std::uint64_t now_ns = world_.clock.monotonic_ns();
  due_ns_ = rt::kNever;
  for (const std::unique_ptr<Task>& each : tasks_) {
    if (each->deadline_ns <= now_ns) {
      each->timed_out = true;
      wake(*each);
    } else {
      due_ns_ = std::min(due_ns_, each->deadline_ns);
    }
  }
}

void FiberScheduler::count_step(Task& self, EventKind kind) {
  ++step_;
  ++self.steps;
  world_.trace.event(kind, static_cast<std::uint64_t>(self.id), self.steps);
}

void FiberScheduler::take_step(Task& self, EventKind kind) {
  count_step(self, kind);
  const bool goes_on = by_default_ && self.state == State::kRunnable && step_ <= last_step_ &&
                       world_.clock.monotonic_ns() + options_.step_ns < due_ns_;
  if (goes_on) [[likely]] {  // nobody else could go on instead
    world_.clock.advance(options_.step_ns);
    return;
  }
  Fiber& next = decide(self);
  if (&next != &*self.fiber) self.fiber->switch_to(next);
}

// One step of `self`. Returns the next fiber; the host, when the run is over.
Fiber& FiberScheduler::decide(Task& self) {
  if (unfinished_ == 0) return end(RunEnd::kFinished);
  if (step_ > last_step_) {
    if (!options_.at_limit) return end(RunEnd::kLivelock);
    last_step_ = UINT64_MAX;
    options_.at_limit();
  }
  world_.clock.advance(options_.step_ns);
  if (world_.clock.monotonic_ns() >= due_ns_) wake_due();
  while (runnable_.empty()) {
    wake_due();  // due_ns_ may be that of a sleeper woken since
    if (due_ns_ == rt::kNever) return end(RunEnd::kDeadlock);
    world_.clock.advance_to(due_ns_);
    world_.trace.event(EventKind::kTimeJump, due_ns_, 0);
    wake_due();
  }
  const int by_default = self.state == State::kRunnable ? self.id : runnable_.front();
  const int next = strategy_.pick({self.id, self.steps, step_, by_default, runnable_, waiting_});
  if (next != by_default && options_.keep_deviations) deviations_.push_back({self.id, self.steps, next});
  current_ = &task(next);
  if (current_->state == State::kWaiting) wake(*current_);
  invariant(current_->state == State::kRunnable, "a strategy picks a fiber that can run", next);
  return *current_->fiber;
}

Fiber& FiberScheduler::end(RunEnd how) {
  const bool stuck = how == RunEnd::kDeadlock || how == RunEnd::kLivelock || how == RunEnd::kFault;
  outcome_ = {how, stuck ? describe() : ""};
  return host_;
}

}  // namespace mylonite::sim
