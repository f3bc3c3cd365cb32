#include "sim/run/observer.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/recorder.h"

namespace mylonite::sim {

void Observer::mark(std::string_view name) {
  const SimulatorCode scope;
  state_.stats.coverage.mark(name);
}

void Observer::begins(std::size_t client, const Operation& operation) {
  if (state_.recorder != nullptr) state_.recorder->operation_begins(client, operation);
  const SimulatorCode scope;
  const int fiber = scheduler_.current_fiber();
  clients_.insert_or_assign(fiber, Doing{.client = client, .operation = operation.index(), .done = false});
  if (state_.notes != nullptr) {
    ClientNotes& notes = state_.notes->back().clients.at(client - 1);
    notes.fiber = fiber;
    notes.begins.push_back(scheduler_.own_step());
  }
  if (state_.transcript == nullptr) return;
  state_.transcript->begins(fiber, fmt::format("client {}", client), describe(operation));
}

void Observer::returned(std::size_t operation, Timestamp at) {
  const SimulatorCode scope;
  state_.world.trace.event(EventKind::kNote, operation, at.ticks);
  if (state_.recorder != nullptr) state_.recorder->returned(operation, at);
  if (state_.transcript == nullptr) return;
  const auto client = clients_.find(scheduler_.current_fiber());
  const std::string who = client == clients_.end() ? "the simulator" : fmt::format("client {}", client->second.client);
  const std::string answer = at.ticks == 0 ? "done" : fmt::format("stamp {}", at.ticks);
  state_.transcript->returned(scheduler_.current_fiber(), who,
                              fmt::format("{}: {}", kOperationNames.at(operation), answer));
}

void Observer::found(const std::optional<std::string>& value) {
  if (state_.recorder == nullptr) return;
  const SimulatorCode scope;
  state_.recorder->answered(value ? fmt::format("found '{}'", printable(*value, 24)) : "found nothing");
}

void Observer::found(std::size_t pairs) {
  if (state_.recorder == nullptr) return;
  const SimulatorCode scope;
  state_.recorder->answered(fmt::format("found {} pairs", pairs));
}

void Observer::done() {
  const SimulatorCode scope;
  ++state_.stats.operations;
  clients_.at(scheduler_.current_fiber()).done = true;
  if (state_.recorder != nullptr) state_.recorder->operation_ends();
}

std::optional<std::size_t> Observer::operation_of(int fiber) const {
  const auto client = clients_.find(fiber);
  if (client == clients_.end() || client->second.done) return std::nullopt;
  return client->second.operation;
}

std::optional<int> Observer::first_busy() const {
  const auto busy = std::ranges::find_if(clients_, [](const auto& each) { return !each.second.done; });
  return busy == clients_.end() ? std::nullopt : std::optional(busy->first);
}

void Observer::acknowledged() {
  const SimulatorCode scope;
  ++state_.stats.writes;
}

void Observer::opened(const RecoveryReport& report) {
  if (state_.transcript == nullptr) return;
  const SimulatorCode scope;
  state_.transcript->opened(
      fmt::format("opened: {} logs, {} records, {} bytes of torn tail dropped, {} tables written, {} files removed",
                  report.logs, report.records, report.log_bytes_dropped, report.tables_written, report.files_removed));
}

void Observer::committed(std::size_t batches, std::size_t clients) {
  const SimulatorCode scope;
  ++state_.stats.group_sizes[batches];
  if (clients == 4) ++state_.stats.group_sizes_of_4[batches];
}

void Observer::flushed() {
  const SimulatorCode scope;
  ++age_.flushes;
}

void Observer::merged(std::string_view policy) {
  const SimulatorCode scope;
  ++age_.merges;
  const auto count = state_.stats.jobs.find(policy);
  if (count != state_.stats.jobs.end()) {
    ++count->second;
  } else {
    state_.stats.jobs.emplace(std::string(policy), 1);
  }
}

Observer::Age Observer::age() const {
  const SimulatorCode scope;
  return age_;
}

}  // namespace mylonite::sim
