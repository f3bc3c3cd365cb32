// The observer of one incarnation: it feeds coverage, figures and the transcript, and never steers.
// Every call opens its own scope of simulator code, so engine fibers may call it directly.
// Thread-safety: fibers of one scheduler.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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

  // A client begins an operation; the operation returned, at a stamp; it is done, and the machine is alive.
  void begins(std::size_t client, const Operation& operation);
  void returned(std::size_t operation, Timestamp at);   // the operation by its place in the list
  void found(const std::optional<std::string>& value);  // by a read, for the recording
  void found(std::size_t pairs);
  void done();
  // The operation that a fiber has begun and not done, by its place in the list; empty: it does none.
  std::optional<std::size_t> operation_of(int fiber) const;
  std::optional<int> first_busy() const;  // the lowest fiber that does one
  void acknowledged();                    // a write

  // Events of the store.
  void opened(const RecoveryReport& report);
  void committed(std::size_t batches, std::size_t clients);
  void flushed();
  void merged(std::string_view policy);

  // The store's progress, for clients that hold snapshots or cursors across it.
  struct Age {
    std::uint64_t merges = 0;
    std::uint64_t flushes = 0;
  };
  Age age() const;

 private:
  RunState& state_;
  const FiberScheduler& scheduler_;
  Age age_;
  struct Doing {
    std::size_t client;
    std::size_t operation;  // by its place in the list
    bool done;
  };
  std::map<int, Doing> clients_{};  // by fiber
};

}  // namespace mylonite::sim
