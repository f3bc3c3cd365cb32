// Fills the recording of a run. Engine fibers may call it: every call opens its own scope of simulator code, so that
// nothing it keeps is the simulated machine's memory. It takes no step, draws nothing and asks the store nothing.
//
// Invariants: a fiber has at most one operation and one file call in progress. Calls come in pairs, except where the
// machine dies. Thread-safety: fibers of one scheduler.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/interceptor.h>
#include <mylonite/status.h>
#include <mylonite/timestamp.h>

#include "sim/machine/scheduler.h"
#include "sim/oracle/oracle.h"
#include "sim/run/recording.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

struct Failure;

class Recorder {
 public:
  struct Parts {  // of the run; they outlive the recorder
    const faultfs::Disk& disk;
    const Oracle& oracle;
    const World& world;
  };
  Recorder(Recording& recording, const Parts& parts) : recording_(recording), parts_(parts) {}

  void begin_incarnation(const FiberScheduler& scheduler, const IncarnationPlan& plan);
  void end_incarnation();  // while its scheduler lives
  void end_run(const Failure* failure);

  void operation_begins(std::size_t client, const Operation& operation);
  void answered(std::string_view what);  // the operation of this fiber
  // A check by the simulator has no begin; the operation is given by its place in the list.
  void returned(std::size_t operation, Timestamp at);
  void operation_ends();

  void call_begins(const faultfs::Call& call);
  void call_struck(const std::string& fault);
  void call_ends(const faultfs::Call& call, const Error* error);

  void died(const std::string& why, bool power_loss);             // by the scenario's crash
  void power_was_lost(const std::vector<faultfs::Choice>& lost);  // the next disk is made
  void violated(const Violation& violation);

 private:
  Recording::Position now() const;
  std::size_t incarnation() const { return recording_.incarnations.size() - 1; }
  void take_moment(std::string after, bool marked = false);
  void keep(Recording::Moment moment);
  void thin_out();
  std::vector<Recording::Turn> turns_since(std::size_t event) const;

  Recording& recording_;
  const Parts parts_;
  const FiberScheduler* scheduler_ = nullptr;  // null: between incarnations
  std::uint64_t steps_before_ = 0;             // of earlier incarnations
  std::size_t events_before_ = 0;
  std::map<int, std::size_t> operations_{};  // in progress: fiber to index
  std::map<int, std::size_t> calls_{};
  std::uint64_t stride_ = 1;  // every so many moments, one stays
  std::size_t even_ = 0;      // the number of moments that are not marked
  std::deque<Recording::Moment> last_{};
};

}  // namespace mylonite::sim
