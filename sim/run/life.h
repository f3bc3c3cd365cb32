// One incarnation: opens the store on the simulated disk, judges what it recovered, lets clients work, closes; dies
// where the scenario says so. Everything the store does happens on fibers of one scheduler.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/store/store.h"
#include "sim/machine/scheduler.h"
#include "sim/run/contents.h"
#include "sim/run/court.h"
#include "sim/run/machine.h"
#include "sim/run/universe.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class Life final : private EventListener {
 public:
  Life(Universe& universe, const Scenario& scenario, std::size_t index);
  ~Life() override;

  RunOutcome run();

  // After run().
  bool loud() const {
    return court_.loud();
  }  // the store reported what a lying disk did; its directory is of no use any more
  const Machine& machine() const { return machine_; }
  const FiberScheduler& scheduler() const { return scheduler_; }
  bool followed_schedule() const;  // false: recorded decisions were never met

 private:
  void main();
  void judge_recovery(Store& store, const std::optional<Contents>& looked);
  std::optional<Contents> look(Store& store, Showing showing, const char* call);
  std::optional<Contents> look_only();
  void check_copies();
  void settle_lies();
  void check_scan(Store& store);
  void check_listing();
  std::vector<rt::Thread> start_clients(Store& store);
  void close(Store& store);

  void client(Store& store, std::size_t number);
  bool went_well(const char* call, const Status& status);

  void on_stamped(Timestamp at, const WriteBatch& batch) override;
  void on_ingest_stamped(Timestamp at, const IngestSource& source) override;
  void on_ingest_given_up(Timestamp at) override;
  void on_group_commit(std::size_t batches, std::uint64_t log_bytes) override;
  void on_recovery(const RecoveryReport& report) override;
  void on_flush(const FlushReport& report) override;
  void on_compaction(const JobRecord& report) override;
  void on_compaction_paused(const Error& why) override;

  Universe& universe_;
  const Scenario& scenario_;
  const Incarnation& life_;
  std::unique_ptr<Strategy> strategy_;
  std::unique_ptr<Strategy> spurious_;
  FiberScheduler scheduler_;
  Machine machine_;
  faultfs::SimFileSystem fs_;
  Court court_;
};

}  // namespace mylonite::sim
