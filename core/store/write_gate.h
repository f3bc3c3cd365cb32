// The gate of writes. The close shuts it for good. While flushes fail it refuses those that need room; while merging
// lags behind, it slows or holds them.
//
// Invariants: the first reason to refuse stays until resume(); closing is final. close() waits until no caller is left.
// It wakes no waiters: the caller of a change does (EngineState). Thread-safety: the owner serializes.
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

  // Flushes fail: until resume(), a write that needs room is refused for this reason. False: it was before.
  bool refuse(const Error& why) {
    if (refuses_) return false;
    refuses_ = why.prefixed("refused until memtables can be flushed, which is tried again").retryable();
    return true;
  }
  void resume() { refuses_.reset(); }
  const std::optional<Error>& refuses() const { return refuses_; }
  void close() { closing_ = true; }
  void abandon() { closing_ = abandoned_ = true; }
  bool closing() const { return closing_; }
  bool abandoned() const { return abandoned_; }  // closing, and nothing that has not begun yet may write any more
  // Nobody waits for room then.
  bool shut() const { return closing_ || refuses_; }
  // Why one who waited is refused. Requires shut().
  Error refusal() const { return closing_ ? Error(Code::kClosed, "the store was closed meanwhile") : *refuses_; }

  // Counts callers in writes, syncs, flushes, checkpoints and requested merges.
  void enter() { ++callers_; }
  bool leave() { return --callers_ == 0 && closing_; }  // true: close() waited for this one
  bool empty() const { return callers_ == 0; }

  // The pressure of merging on writers, by the last limits and tree. There is none before start_pressing(), nor after
  // stop_pressing(), when no merge would relieve it.
  const Pressure& pressure() const { return pressure_; }
  bool presses() const { return open_ && merging_ && !shut(); }
  void start_pressing() { open_ = true; }
  void stop_pressing() {  // until resume_pressing()
    merging_ = false;
    relieve();
  }
  void resume_pressing() { merging_ = true; }                          // takes effect at the next weigh()
  void set_limits(const PressureLimits& limits) { limits_ = limits; }  // take effect at the next change of the tree
  void weigh(Levels levels) { pressure_ = pressure_of(limits_, levels); }
  void relieve() {
    pressure_ = {};
    credit_bytes_ = UINT64_MAX;
  }

  // Up to how many accepted bytes the merges have kept pace.
  void set_credit(std::uint64_t accepted_bytes) { credit_bytes_ = merging_ ? accepted_bytes : UINT64_MAX; }
  bool has_credit(std::uint64_t accepted_bytes) const { return accepted_bytes <= credit_bytes_ || shut(); }

  // Whether a writer that needs a new memtable has to wait; `frozen` is the number of frozen ones.
  bool stalls(StallCause cause, std::size_t frozen) const {
    if (cause == StallCause::kMemtables) return frozen >= frozen_max_;
    return cause == StallCause::kLevel0 && pressure_.level == Pressure::Level::kStop;
  }

 private:
  const std::uint64_t frozen_max_;
  std::optional<Error> refuses_;
  bool closing_ = false;
  bool abandoned_ = false;
  std::uint64_t callers_ = 0;
  bool open_ = false;
  bool merging_ = true;
  PressureLimits limits_;
  Pressure pressure_;
  std::uint64_t credit_bytes_ = UINT64_MAX;
};

}  // namespace mylonite
