// The scheduler of simulated threads: runs a program over core/rt as fibers on the calling OS thread, one at a time,
// under a chosen schedule and virtual time.
//
// A run:
//  1. run(main) makes main fiber 1; rt::Thread makes fibers 2, 3, ... They all run inside run().
//  2. A step is before a lock, a try_lock, a wait; after an unlock, a notify, a start; at a point; or on blocking. It
//     costs step_ns of virtual time, is traced, and lets the strategy choose the next fiber. Joining a finished thread
//     and reading clocks are no steps: they commute with everything other fibers do.
//  3. When no fiber can run, time jumps to the earliest deadline; those due wake in order of id.
//  4. A fiber may pause the run: run() returns, nothing moves, and resume() goes on with that fiber.
//  5. With processors, work (rt::work) takes virtual time; without, it takes none. Work is no step. A fiber that
//     settles its debt sleeps until its processor has done it. Where no other could run, the clock just advances.
//  6. The run ends in one of five ways. Finished: all fibers have finished. Deadlock: none can run and none has a
//     deadline. Livelock: the step limit is passed. Dropped: a fiber calls drop(). Fault: see
//     sim/machine/fiber_fault.h. After the last four the remaining
//     fibers are abandoned: no destructor on their stacks runs, and their memory leaks (but see
//     sim/machine/machine_heap.h).
//
// Invariants: equal programs, strategies' answers, entropy seeds and clocks give equal traces; a mutex is unlocked by
// its holder, and so is the mutex of a wait; a thread is joined once. notify_one wakes the longest waiter. A freed
// mutex goes to the first fiber that locks it, not to the longest waiter.
//
// It does not simulate weak memory: schedules are sequentially consistent. It does not preempt between steps; lock-free
// code names its own with rt::point. It cannot end a loop that waits without a step.
//
// Thread-safety: one OS thread. Units: nanoseconds of virtual time, steps. Complexity: a step is constant, except for a
// scan over the run's fibers when a fiber blocks or wakes; starting a fiber costs about 0.2 us.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

#include "core/rt/rt.h"
#include "sim/machine/clock.h"
#include "sim/machine/fiber.h"
#include "sim/machine/fiber_fault.h"
#include "sim/machine/processors.h"
#include "sim/machine/strategy.h"
#include "sim/machine/trace.h"

namespace mylonite::sim {

// The parts that successive runs share; they outlive the runs.
struct World {
  StackPool& stacks;
  VirtualClock& clock;
  Trace& trace;
};

struct RunOptions {
  static constexpr std::uint64_t kStepNs = 100;

  std::uint64_t step_limit = 100'000'000;  // since the start or the last resume()
  std::uint64_t entropy_seed = 0;
  bool keep_deviations = true;  // false: for a run without end
  std::uint64_t step_ns = kStepNs;
  Processors* processors = nullptr;  // null: work takes no time
  // At the step limit, if not empty: called on the fiber that takes the step, and the run goes on without a limit.
  std::function<void()> at_limit{};
};

enum class RunEnd : std::uint8_t { kFinished, kDeadlock, kLivelock, kDropped, kPaused, kFault };

struct RunOutcome {
  RunEnd end;
  std::string story;  // deadlock, livelock and fault: the state of each fiber
};

class FiberScheduler final : public rt::Scheduler {
 public:
  FiberScheduler(const World& world, Strategy& strategy, const RunOptions& options);
  ~FiberScheduler() override;
  FiberScheduler(const FiberScheduler&) = delete;
  FiberScheduler& operator=(const FiberScheduler&) = delete;

  RunOutcome run(std::function<void()> main);  // once for each object
  RunOutcome resume();                         // a paused run; on the thread that runs it
  void pause();                                // on a fiber: back to the caller of run() or resume()
  // On a fiber: ends the run at once, and never returns. Under ThreadSanitizer the scheduler must never be destroyed
  // then: it cannot forget a fiber.
  [[noreturn]] void abandon();
  // On a fiber: ends the run at once. It does not return, except under ThreadSanitizer, which cannot forget a fiber.
  // There the caller makes its program end; trace, clock and decisions of the meantime are taken back.
  void drop();

  // For the handlers of sim/machine/fiber_fault.h, on the thread of the run. In fiber_fault.cc.
  static FiberScheduler* running();                  // null: the thread is in no run
  const Fiber* fiber_at(const void* address) const;  // the current fiber, if its stack or guard has the address
  FiberFault& noted_fault() { return fault_; }
  bool stands_still();                                // no step since the last call
  [[noreturn]] void end_by_fault();                   // on a fiber: ends the run at once, by the noted fault
  const FiberFault& fault() const { return fault_; }  // after RunEnd::kFault

  int current_fiber() const;                                      // during a run; after its end, the last that ran
  const std::string& name_of(int fiber) const;                    // of one that was started
  int fibers() const { return static_cast<int>(tasks_.size()); }  // that were started; their ids are 1 to this
  std::uint64_t own_step() const;
  std::uint64_t step() const { return step_; }
  const std::vector<Deviation>& deviations() const { return deviations_; }
  const std::map<std::string_view, std::uint64_t>& marks() const { return marks_; }  // name to count
  std::vector<std::string> fiber_names() const;                                      // the first is fiber 1's

  void lock(rt::Mutex& mutex) override;
  bool try_lock(rt::Mutex& mutex) override;
  void unlock(rt::Mutex& mutex) override;
  bool wait(rt::CondVar& condition, rt::Mutex& mutex, std::uint64_t deadline_ns) override;
  void notify(rt::CondVar& condition, bool all) override;
  int start(std::string name, std::function<void()> body) override;
  void join(int thread) override;
  void point(const char* where) override;
  void mark(const char* name) override;
  void work(rt::Work kind, std::uint64_t count) override;
  std::uint64_t monotonic_ns() override;
  std::uint64_t wall_ticks() override;
  void sleep_until(std::uint64_t deadline_ns) override;
  std::uint64_t entropy64() override;

 private:
  struct Task;
  enum class State : std::uint8_t;
  struct Unwinding {  // the state at the drop of a run that must go on (ThreadSanitizer)
    Trace trace;
    VirtualClock clock;
    std::uint64_t step;
    std::size_t deviations;
  };
  struct CachedMark {
    const char* name = nullptr;
    std::uint64_t* count = nullptr;
  };

  static Fiber& task_main(void* task);
  Task& task(int id) const { return *tasks_[static_cast<std::size_t>(id - 1)]; }
  Task& add_task(std::string name, std::function<void()> body);
  void block(Task& self, State state);
  void wake(Task& sleeper);
  void wake_due();
  void acquire(Task& self, rt::Mutex& mutex);
  void release(rt::Mutex& mutex);

  RunOutcome enter();  // from the host to the current fiber
  void settle(Task& self);
  void work_off(Task& self);
  void take_step(Task& self, EventKind kind);
  void count_step(Task& self, EventKind kind);
  Fiber& decide(Task& self);  // who goes on after the step
  Fiber& end(RunEnd how);
  std::string describe() const;
  void forget_unwinding();

  World world_;
  Strategy& strategy_;
  const bool by_default_;  // the strategy never deviates
  RunOptions options_;
  Random entropy_;
  Fiber host_;
  RunOutcome outcome_{};
  std::vector<std::unique_ptr<Task>> tasks_;  // by id - 1
  Task* current_ = nullptr;
  std::vector<int> runnable_;  // ascending
  std::vector<int> waiting_;   // on condition variables, ascending
  int locking_ = 0;            // the number of fibers that wait for a mutex
  int unfinished_ = 0;
  std::uint64_t due_ns_ = rt::kNever;  // no deadline is before it
  std::uint64_t step_ = 0;
  std::uint64_t last_step_ = 0;  // beyond it the run is a livelock
  std::vector<Deviation> deviations_;
  std::map<std::string_view, std::uint64_t> marks_;
  std::array<CachedMark, 64> mark_cache_{};
  std::optional<Unwinding> unwinding_;
  FiberFault fault_;
  std::uint64_t steps_seen_ = UINT64_MAX;  // by stands_still()
};

}  // namespace mylonite::sim
