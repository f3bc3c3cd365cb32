#include "sim/run/answer_checker.h"

#include <span>

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"
#include "sim/run/error_policy.h"
#include "sim/run/recorder.h"

namespace mylonite::sim {

bool AnswerChecker::succeeded(std::string_view call, const Error* error, std::size_t struck_before) {
  if (machine_.dead()) return false;
  if (error == nullptr) return true;
  const SimulatorCode scope;
  const ErrorContext context{
      .closing = closing_, .lied_to = state_.lied_to, .faults = std::span(machine_.struck()).subspan(struck_before)};
  if (state_.recorder != nullptr) state_.recorder->answered(fmt::format("{}: {}", call, error->to_string()));
  switch (meaning_of(*error, context)) {
    case ErrorMeaning::kClosing: break;
    case ErrorMeaning::kReportedDamage:
      ++state_.stats.reported_damage;
      reported_damage_ = true;
      machine_.die(fmt::format("the store reports damage by the lying disk: {}", error->to_string()));
      break;
    case ErrorMeaning::kReportedError: ++state_.stats.reported_errors; break;
    case ErrorMeaning::kViolation:
      state_.oracle.violate(call == "open" ? "open" : "unexpected-error",
                            fmt::format("{}: {}", call, error->to_string()));
      stop_if_violated();
      break;
  }
  return false;
}

void AnswerChecker::closed() {
  const SimulatorCode scope;
  closed_ = true;
}

bool AnswerChecker::is_closed() const {
  const SimulatorCode scope;
  return closed_;
}

bool AnswerChecker::refused(const Error& error, const Oracle::Ticket& ticket, Timestamp as_of) {
  if (error.code() != Code::kOutOfRange || machine_.dead()) return false;
  state_.saw_clock();
  state_.oracle.check_refused(ticket, as_of);
  stop_if_violated();
  return true;
}

void AnswerChecker::stop_if_violated() {
  if (!state_.oracle.violation()) return;
  const SimulatorCode scope;
  if (state_.recorder != nullptr) state_.recorder->violated(*state_.oracle.violation());
  machine_.die("violation: " + state_.oracle.violation()->rule);
}

}  // namespace mylonite::sim
