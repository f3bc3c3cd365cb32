// Decides about one incarnation's answers: whether an error is one that the store may give, and whether the incarnation
// ends because a rule was violated. The errors are classified by sim/run/error_policy.h; answers by sim/oracle.
// Every call is simulator code by itself. Thread-safety: fibers of one scheduler.
#pragma once

#include <string_view>

#include <mylonite/status.h>

#include "sim/run/fault_injector.h"
#include "sim/run/run_state.h"

namespace mylonite::sim {

class AnswerChecker {
 public:
  AnswerChecker(RunState& state, FaultInjector& machine) : state_(state), machine_(machine) {}

  bool dead() const { return machine_.dead(); }
  std::size_t faults() const { return machine_.struck().size(); }  // that struck so far
  bool reported_damage() const { return reported_damage_; }        // the store reported what a lying disk did
  void closes() { closing_ = true; }                               // kClosed is a legal answer from now on

  // Checks an error of the store (null: none). True when the caller goes on to check the answer. The error may report
  // faults that struck after the first `struck_before`: a read passes how many had struck when it began, everything
  // else 0.
  bool succeeded(std::string_view call, const Error* error, std::size_t struck_before = 0);
  // True when the error is a refusal to read as of an older stamp; then it is checked. The ticket is of the invocation.
  bool refused(const Error& error, const Oracle::Ticket& ticket, Timestamp as_of);
  void stop_if_violated();

 private:
  RunState& state_;
  FaultInjector& machine_;
  bool reported_damage_ = false;
  bool closing_ = false;
};

inline const Error* error_of(const Status& status) { return status.ok() ? nullptr : &status.error(); }
template <class T>
const Error* error_of(const Result<T>& result) {
  return result.ok() ? nullptr : &result.error();
}

}  // namespace mylonite::sim
