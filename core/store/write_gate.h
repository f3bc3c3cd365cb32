// Whether writes may go on: not once they were stopped by an error, not once the store closes, and slowly, or not now,
// while merging is behind.
//
// Invariants: the first reason to stop stays; closing is for good. close() waits until no caller is left.
// Wakes nobody: whoever changes it wakes those who wait (EngineState). Thread-safety: the owner serializes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <mylonite/status.h>

#include "core/compaction/chooser.h"
#include "core/store/counters.h"

namespace mylonite {

class WriteGate {
 public:
  explicit WriteGate(std::uint64_t frozen_memtables_max) : frozen_max_(frozen_memtables_max) {}

  // Why no write is accepted any more; false: they were stopped before.
  bool stop(const Error& why) {
    if (stopped_) return false;
    stopped_ = Error(Code::kReadOnly, "writes stopped until the store is reopened, after: " + why.to_string());
    return true;
  }
  const std::optional<Error>& stopped() const { return stopped_; }
  void close() { closing_ = true; }
  bool closing() const { return closing_; }
  bool shut() const { return closing_ || stopped_; }

  // Callers in writes, syncs, flushes, checkpoints and merges that were asked for.
  void enter() { ++callers_; }
  bool leave() { return --callers_ == 0 && closing_; }  // true: close() waited for this one
  bool empty() const { return callers_ == 0; }

  // What merging asks of writers, by the limits and the tree that were given last. There is none before
  // start_pressing(), nor once no merge will relieve it.
  const Pressure& pressure() const { return pressure_; }
  bool presses() const { return open_ && merging_ && !shut(); }
  void start_pressing() { open_ = true; }
  void stop_pressing() {  // for good
    merging_ = false;
    relieve();
  }
  void set_limits(const PressureLimits& limits) { limits_ = limits; }  // in force at the next change of the tree
  void weigh(Levels levels) { pressure_ = pressure_of(limits_, levels); }
  void relieve() { pressure_ = {}; }

  // Whether a writer that needs a new memtable has to wait, with so many frozen.
  bool stalls(StallCause cause, std::size_t frozen) const {
    if (cause == StallCause::kMemtables) return frozen >= frozen_max_;
    return cause == StallCause::kLevel0 && pressure_.level == Pressure::Level::kStop;
  }

 private:
  const std::uint64_t frozen_max_;
  std::optional<Error> stopped_;
  bool closing_ = false;
  std::uint64_t callers_ = 0;
  bool open_ = false;
  bool merging_ = true;
  PressureLimits limits_;
  Pressure pressure_;
};

}  // namespace mylonite
