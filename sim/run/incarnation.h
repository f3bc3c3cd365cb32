// One incarnation: opens the store on the simulated disk, checks the recovered store, lets clients work, and closes it.
// It crashes where the scenario says so. All of the store's code runs on fibers of one scheduler.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <mylonite/store.h>

#include "sim/machine/scheduler.h"
#include "sim/run/answer_checker.h"
#include "sim/run/fault_injector.h"
#include "sim/run/observer.h"
#include "sim/run/run_state.h"
#include "sim/run/store_dump.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Incarnation final : private EventListener {
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
  bool followed_schedule() const;  // false: recorded decisions were never met

 private:
  void main();
  void check_recovery(Store& store, const std::optional<StoreDump>& looked);
  std::optional<StoreDump> look(Store& store, Showing showing, const char* call);
  std::optional<StoreDump> look_only();
  void check_copies();
  void check_recorded_policy();
  void check_refusal();
  void settle_lies();
  void check_scan(Store& store);
  void check_listing();
  std::vector<rt::Thread> start_clients(Store& store);
  void close(Store& store);

  void client(Store& store, std::size_t number);

  void on_stamped(Timestamp at, const WriteBatch& batch) override;
  void on_ingest_stamped(Timestamp at, const IngestSource& source) override;
  void on_ingest_given_up(Timestamp at) override;
  void on_group_commit(std::size_t batches, std::uint64_t log_bytes) override;
  void on_recovery(const RecoveryReport& report) override;
  void on_flush(const FlushReport& report) override;
  void on_compaction(const JobRecord& report) override;
  void on_compaction_paused(const Error& why) override;
  void on_policy_changed(std::string_view from, std::string_view to) override;

  RunState& state_;
  const Scenario& scenario_;
  const IncarnationPlan& plan_;
  std::unique_ptr<Strategy> strategy_;
  std::unique_ptr<Strategy> spurious_;
  FiberScheduler scheduler_;
  FaultInjector machine_;
  faultfs::SimFileSystem fs_;
  AnswerChecker answers_;
  Observer observer_;
};

}  // namespace mylonite::sim
