// Where one incarnation's answers are brought: decides whether an error is one the store may give, hands answers on to
// the oracle, tells the story, and ends the incarnation at the first violation.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sim/machine.h"
#include "sim/sanitizer.h"
#include "sim/universe.h"

namespace mylonite::sim {

class Court {
 public:
  Court(Universe& universe, Machine& machine, const FiberScheduler& scheduler)
      : universe_(universe), machine_(machine), scheduler_(scheduler) {}

  Oracle& oracle() { return universe_.oracle; }
  RunStats& stats() { return universe_.stats; }
  VirtualClock& clock() { return universe_.world.clock; }
  Narrator* narrator() { return universe_.narrator; }  // may be null
  bool dead() const { return machine_.dead(); }
  bool loud() const { return loud_; }  // the store reported what a lying disk did
  void closes() { closing_ = true; }   // kClosed is a legal answer from now on
  void see(Sight sight) {
    const SimulatorCode scope;
    ++universe_.stats.sights[static_cast<std::size_t>(sight)];
  }

  // Judges an error of the store (null: none); true when the caller should go on judging the answer.
  bool went_well(std::string_view call, const Error* error);
  // The same for a read as of an older stamp, which may be refused; the ticket is of its invocation.
  bool went_well(std::string_view call, const Error* error, const Oracle::Ticket& ticket, Timestamp as_of);
  void saw_clock() {
    const SimulatorCode scope;
    universe_.oracle.saw_clock(universe_.world.clock.wall_ticks_highest());
  }
  void end_if_violated();

  std::string new_directory();  // a name beside the store's, never used before

  // A client began an operation, and got its answer, at a stamp.
  void begins(std::size_t client, std::string_view operation);
  void returned(OpKind kind, Timestamp at);

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
  Universe& universe_;
  Machine& machine_;
  const FiberScheduler& scheduler_;
  bool loud_ = false;
  bool closing_ = false;
  Age age_;
  std::uint64_t directories_ = 0;
  std::map<int, std::size_t> clients_{};  // by fiber, for the story
};

}  // namespace mylonite::sim
