// Where one incarnation's answers are brought: decides whether an error is one the store may give, hands answers on to
// the oracle, tells the story, and ends the incarnation at the first violation.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/machine.h"
#include "sim/run/run_state.h"

namespace mylonite::sim {

class Court {
 public:
  Court(RunState& state, Machine& machine, const FiberScheduler& scheduler)
      : state_(state), machine_(machine), scheduler_(scheduler) {}

  Oracle& oracle() { return state_.oracle; }
  RunStats& stats() { return state_.stats; }
  VirtualClock& clock() { return state_.world.clock; }
  Transcript* transcript() { return state_.transcript; }  // may be null
  bool dead() const { return machine_.dead(); }
  bool reported_damage() const { return reported_damage_; }  // the store reported what a lying disk did
  void closes() { closing_ = true; }                         // kClosed is a legal answer from now on
  void mark(std::string_view name) {
    const SimulatorCode scope;
    state_.stats.coverage.mark(name);
  }

  std::size_t failed_calls() const { return machine_.failed_calls().size(); }  // of the disk, so far

  // Judges an error of the store (null: none); true when the caller should go on judging the answer. It may tell of
  // file calls that failed, were there any after the first `failed_before`: a read, while it ran; other operations,
  // since the open, as what failed then may keep the store from going on.
  bool went_well(std::string_view call, const Error* error, std::size_t failed_before = 0);
  // Judges a refusal to read as of an older stamp; the ticket is of the invocation. False: it is none.
  bool refused(const Error& error, const Oracle::Ticket& ticket, Timestamp as_of);
  void saw_clock() {
    const SimulatorCode scope;
    state_.oracle.saw_clock(state_.world.clock.wall_ticks_highest());
  }
  void end_if_violated();

  // A checkpoint stays until the next life looks at it. Of no use where its files' syncs may have lied.
  void keep(KeptCopy copy) { state_.copies.push_back(std::move(copy)); }
  bool disk_is_honest() const { return state_.stats.lies == 0; }

  std::string new_directory();  // a name beside the store's, never used before

  // A client began an operation, and got its answer, at a stamp.
  void begins(std::size_t client, std::string_view operation);
  void returned(std::size_t operation, Timestamp at);  // by its place in the list

  // What the store did, for who has held something across it.
  struct Age {
    std::uint64_t merges = 0;
    std::uint64_t flushes = 0;
  };
  void merged() {
    const SimulatorCode scope;
    ++age_.merges;
  }
  void flushed() {
    const SimulatorCode scope;
    ++age_.flushes;
  }
  Age age() const {
    const SimulatorCode scope;
    return age_;
  }

 private:
  RunState& state_;
  Machine& machine_;
  const FiberScheduler& scheduler_;
  bool reported_damage_ = false;
  bool closing_ = false;
  Age age_;
  std::uint64_t directories_ = 0;
  std::map<int, std::size_t> clients_{};  // by fiber, for the story
};

}  // namespace mylonite::sim
