// One incarnation: opens the store on the simulated disk, judges what it recovered, lets clients work, closes; dies
// where the scenario says so. Everything the store does happens on fibers of one scheduler.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/store/store.h"
#include "faultfs/disk.h"
#include "sim/machine.h"
#include "sim/oracle.h"
#include "sim/scenario.h"
#include "sim/scheduler.h"

namespace mylonite::sim {

// What lives longer than an incarnation.
struct Universe {
  World world;
  faultfs::Disk disk;
  Oracle oracle;
  RunStats stats;
  Narrator* narrator = nullptr;                  // may be null
  const std::atomic<bool>* interrupt = nullptr;  // may be null
  std::vector<std::string> foreign{};            // names of somebody else's files in the store's directory
  Ending last_ending = Ending::kClose;           // of the incarnation before
  Ending worst_ending = Ending::kClose;          // of the incarnations since the last one that was judged
  std::uint64_t opens_crashed = 0;               // in a row, up to now
  bool abandoned = false;                        // the last machine's fibers did not come to their end
  bool lies_pending = false;                     // a sync lied, and no recovery from a power loss was judged since
  bool lied_to = false;                          // a power loss met a lying disk: errors are legal from now on
};

class Life final : private EventListener {
 public:
  Life(Universe& universe, const Scenario& scenario, std::size_t index);
  ~Life() override;

  RunOutcome run();

  // After run().
  bool loud() const { return loud_; }  // the store reported what a lying disk did; its directory is of no use any more
  const Machine& machine() const { return machine_; }
  const FiberScheduler& scheduler() const { return scheduler_; }
  bool followed_schedule() const;  // false: recorded decisions were never met

 private:
  void main();
  void judge_recovery(Store& store);
  bool collect_survivors(Session& session, std::vector<Survivor>& survivors);
  void settle_lies();
  void check_scans(Session& session);
  void check_listing();
  std::vector<rt::Thread> start_clients(Store& store);
  void close(Store& store);

  void client(Store& store, std::size_t number);
  void tell_begin(std::size_t number, const Operation& operation);
  void count_operation();
  void perform(Store& store, Session& session, const Operation& operation);
  void perform_write(Store& store, const Operation& operation);
  void perform_get(Session& session, const Operation& operation);
  void perform_scan(Session& session, const Operation& operation);
  void perform_sync(Store& store, bool flush);
  void perform_clock(const Operation& operation);

  // Judges an error of the store; true when the caller should go on judging the answer.
  bool went_well(const char* call, const Error* error);
  void returned(const Operation& operation, Timestamp at);
  void end_if_violated();

  void on_stamped(Timestamp at, const WriteBatch& batch) override;
  void on_group_commit(std::size_t batches, std::uint64_t log_bytes) override;
  void on_recovery(const RecoveryReport& report) override;

  Universe& universe_;
  const Scenario& scenario_;
  const Incarnation& life_;
  std::unique_ptr<Strategy> strategy_;
  std::unique_ptr<Strategy> spurious_;
  FiberScheduler scheduler_;
  Machine machine_;
  faultfs::SimFileSystem fs_;
  bool loud_ = false;
  bool closing_ = false;                  // kClosed is a legal answer from now on
  std::map<int, std::size_t> clients_{};  // by fiber, for the story
};

}  // namespace mylonite::sim
