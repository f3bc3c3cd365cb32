// What is seen of one incarnation: coverage, figures and the transcript. It observes and never steers.
// Every call is simulator code by itself, so engine fibers may call it without a scope of their own.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include <mylonite/events.h>
#include <mylonite/timestamp.h>

#include "sim/run/run_state.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

class Observer {
 public:
  Observer(RunState& state, const FiberScheduler& scheduler) : state_(state), scheduler_(scheduler) {}

  void mark(std::string_view name);

  // A client begins an operation; it returned, at a stamp; it is done, and the machine still lives.
  void begins(std::size_t client, const Operation& operation);
  void returned(std::size_t operation, Timestamp at);  // the operation by its place in the list
  void done();
  void acknowledged();  // a write

  // What the store did beside its answers.
  void opened(const RecoveryReport& report);
  void committed(std::size_t batches, std::size_t clients);
  void flushed();
  void merged(std::string_view policy);

  // How much it did, for who holds something across it.
  struct Age {
    std::uint64_t merges = 0;
    std::uint64_t flushes = 0;
  };
  Age age() const;

 private:
  RunState& state_;
  const FiberScheduler& scheduler_;
  Age age_;
  std::map<int, std::size_t> clients_{};  // by fiber, for the transcript
};

}  // namespace mylonite::sim
