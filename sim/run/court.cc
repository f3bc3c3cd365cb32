#include "sim/run/court.h"

#include <fmt/format.h>

#include "sim/machine/sanitizer.h"

namespace mylonite::sim {

bool Court::went_well(std::string_view call, const Error* error, std::size_t failed_before) {
  if (machine_.dead()) return false;
  if (error == nullptr) return true;
  const SimulatorCode scope;
  if (closing_ && error->code() == Code::kClosed) return false;
  // C10: on a disk that lied, loudness is right, silence would not be.
  if (state_.lied_to && (error->code() == Code::kCorruption || error->code() == Code::kReadOnly)) {
    ++state_.stats.reported_damage;
    reported_damage_ = true;
    machine_.die(fmt::format("the store says what the lying disk did: {}", error->to_string()));
    return false;
  }
  const bool by_failed_call =
      error->code() == Code::kIo || error->code() == Code::kNoSpace || error->code() == Code::kReadOnly;
  if (by_failed_call && machine_.failed_calls().size() > failed_before) {
    ++state_.stats.reported_errors;
    return false;
  }
  state_.oracle.violate(call == "open" ? "open" : "unexpected-error", fmt::format("{}: {}", call, error->to_string()));
  end_if_violated();
  return false;
}

bool Court::refused(const Error& error, const Oracle::Ticket& ticket, Timestamp as_of) {
  if (error.code() != Code::kOutOfRange || machine_.dead()) return false;
  const SimulatorCode scope;
  saw_clock();
  state_.oracle.check_refused(ticket, as_of);
  mark("sim.read_refused");
  end_if_violated();
  return true;
}

void Court::end_if_violated() {
  if (state_.oracle.violation()) machine_.die("violation: " + state_.oracle.violation()->rule);
}

std::string Court::new_directory() {
  std::uint64_t incarnation = 0;
  std::uint64_t number = 0;
  {
    const SimulatorCode scope;
    incarnation = state_.stats.incarnations;
    number = ++directories_;
  }
  return fmt::format("copy-{}-{}", incarnation, number);
}

void Court::begins(std::size_t client, std::string_view operation) {
  if (state_.transcript == nullptr) return;
  const int fiber = scheduler_.current_fiber();
  clients_[fiber] = client;
  state_.transcript->client(fmt::format("client {} = fiber {}  {} …", client, fiber, operation));
}

void Court::returned(std::size_t operation, Timestamp at) {
  state_.world.trace.event(EventKind::kNote, operation, at.ticks);
  if (state_.transcript != nullptr) {
    const auto client = clients_.find(scheduler_.current_fiber());
    const std::string who = client == clients_.end() ? "the judge" : fmt::format("client {}", client->second);
    state_.transcript->client(fmt::format("{}  {}: stamp {}", who, kOperationNames.at(operation), at.ticks));
  }
  end_if_violated();
}

}  // namespace mylonite::sim
