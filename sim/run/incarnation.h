// One incarnation: opens the store on the simulated disk, checks the recovered store, lets clients work, and closes it.
// It crashes where the scenario says so. All of the store's code runs on fibers of one scheduler.
//
// The store is any (mylonite/sim/store_under_test.h). What is asked of Mylonite alone is its checker's.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <mylonite/sim/store_under_test.h>

#include "sim/machine/scheduler.h"
#include "sim/run/answer_checker.h"
#include "sim/run/fault_injector.h"
#include "sim/run/mylonite_checker.h"
#include "sim/run/observer.h"
#include "sim/run/operation_context.h"
#include "sim/run/run_state.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Incarnation final : private WriteWitness {
 public:
  Incarnation(RunState& state, const Scenario& scenario, std::size_t index);
  ~Incarnation() override;

  RunOutcome run();

  // After run().
  bool reported_damage() const {
    return answers_.reported_damage();
  }  // the store reported damage by a lying disk; its directory is lost
  const FaultInjector& machine() const { return machine_; }
  const FiberScheduler& scheduler() const { return scheduler_; }
  // What the fiber does that met the end: an operation, "open", "recovery", "close", or the name of its thread.
  std::string doing_at(const RunOutcome& outcome) const;
  bool followed_schedule() const;  // false: recorded decisions were never met

 private:
  Strategy& first_strategy() const;
  void main();
  bool is_mylonite() const { return mylonite_.has_value(); }
  void start_oracle();
  Result<std::unique_ptr<StoreUnderTest>> open();
  // With what a scan shows where that was looked at before the open.
  Result<StoreDump> found_in(StoreUnderTest& store, const std::optional<StoreDump>& looked) const;
  void check_recovery(StoreUnderTest& store, const std::optional<StoreDump>& looked);
  void settle_lies();
  void check_scan(StoreUnderTest& store);
  std::vector<rt::Thread> start_clients(StoreUnderTest& store);
  void close(StoreUnderTest& store);

  void client(StoreUnderTest& store, std::size_t number);
  OperationContext::Parts parts();

  void stamped(Timestamp at, const WriteBatch& batch) override;

  RunState& state_;
  const IncarnationPlan& plan_;
  std::unique_ptr<Strategy> strategy_;
  std::unique_ptr<Strategy> spurious_;  // before strategy_
  std::unique_ptr<Replay> replay_;      // before both
  FiberScheduler scheduler_;
  FaultInjector machine_;
  faultfs::SimFileSystem fs_;
  AnswerChecker answers_;
  Observer observer_;
  std::optional<MyloniteChecker> mylonite_{};  // empty: a program's own store
};

}  // namespace mylonite::sim
