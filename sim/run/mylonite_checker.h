// Checks what only Mylonite has, beside its answers: opens for reading, checkpoints that were kept or destroyed, the
// files in its directory, what it reports of its own work. One an incarnation.
//
// Events reach it on the store's own fibers, some with the store's lock held. Thread-safety: fibers of one scheduler.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include <mylonite/events.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/sim/store_under_test.h>

#include "sim/run/answer_checker.h"
#include "sim/run/damage_probe.h"
#include "sim/run/fault_injector.h"
#include "sim/run/observer.h"
#include "sim/run/run_state.h"
#include "sim/run/store_dump.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class MyloniteChecker final : private EventListener {
 public:
  struct Parts {
    RunState& state;
    const IncarnationPlan& plan;
    FaultInjector& machine;
    AnswerChecker& answers;
    Observer& observer;
    faultfs::SimFileSystem& fs;
    WriteWitness& witness;
  };
  explicit MyloniteChecker(const Parts& parts)
      : parts_(parts),
        damage_({.state = parts.state, .plan = parts.plan, .answers = parts.answers, .observer = parts.observer}) {}

  // Looks at the checkpoints that were kept or destroyed, and at the store where the plan says so: then what it showed
  // comes back.
  std::optional<StoreDump> look_before_open();
  Result<std::unique_ptr<StoreUnderTest>> open();
  // While the store is open: another open is refused, if the scenario has one.
  void check_second_opener();
  // After an open, of a store that this checker opened.
  static Result<StoreDump> dump_of(StoreUnderTest& store);
  // After faults, with file calls that succeed again: the store accepts writes, within a minute and without an open.
  void check_available(StoreUnderTest& store);
  void check_closed();  // after a close that succeeded: every merge that began has ended

 private:
  void check_copies();
  void check_destructions();
  bool check_rest_of(const Destruction& destruction);
  std::optional<StoreDump> look_only();
  std::optional<StoreDump> look(Store& store, const char* call);
  void check_listing();
  void check_recorded_policy();
  void check_refusal();

  void on_stamped(Timestamp at, const WriteBatch& batch) override;
  void on_ingest_stamped(Timestamp at, const IngestSource& source) override;
  void on_write_failed(Timestamp at) override;
  void on_ingest_given_up(Timestamp at) override;
  void on_group_commit(std::size_t batches, std::uint64_t log_bytes) override;
  void on_recovery(const RecoveryReport& report) override;
  void on_flush(const FlushReport& report) override;
  void on_compaction_begin(const JobRecord& report) override;
  void on_compaction(const JobRecord& report) override;
  void on_compaction_failed(const JobRecord& report, const Error& why) override;
  void on_compaction_paused(const Error& why) override;
  void on_policy_changed(std::string_view from, std::string_view to) override;

  void merge_ended(const JobRecord& report);
  void begin_expiry(const JobRecord& report);

  const Parts parts_;
  DamageProbe damage_;
  std::set<std::uint64_t> merging_;  // merges that have begun, by id
};

}  // namespace mylonite::sim
