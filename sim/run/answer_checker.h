// Checks the answers of one incarnation: whether an error is legal, and whether the incarnation ends because a rule was
// violated. sim/run/error_policy.h classifies errors; sim/oracle checks answers.
// Every call opens its own scope of simulator code. Thread-safety: fibers of one scheduler.
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
  std::size_t faults() const { return machine_.struck().size(); }  // the number of faults that struck so far
  bool reported_damage() const { return reported_damage_; }        // the store reported damage by a lying disk
  void closes() { closing_ = true; }                               // kClosed is a legal answer from now on
  void closed();                                                   // and the only one to calls from now on
  bool is_closed() const;

  // Checks an error of the store (null: none). True: the caller goes on to check the answer. The error may report
  // faults that struck after the first `struck_before`: for a read, the number struck when it began; else 0.
  bool succeeded(std::string_view call, const Error* error, std::size_t struck_before = 0);
  // True: the error refuses a read as of an older stamp, and was checked as such. The ticket is of the invocation.
  bool refused(const Error& error, const Oracle::Ticket& ticket, Timestamp as_of);
  void stop_if_violated();

 private:
  RunState& state_;
  FaultInjector& machine_;
  bool reported_damage_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

inline const Error* error_of(const Status& status) { return status.ok() ? nullptr : &status.error(); }
template <class T>
const Error* error_of(const Result<T>& result) {
  return result.ok() ? nullptr : &result.error();
}

}  // namespace mylonite::sim
