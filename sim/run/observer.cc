#include "sim/run/observer.h"

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
  if (state_.transcript == nullptr) return;
  const SimulatorCode scope;
  const int fiber = scheduler_.current_fiber();
  clients_[fiber] = client;
  state_.transcript->client(fmt::format("client {} = fiber {}  {} …", client, fiber, describe(operation)));
}

void Observer::returned(std::size_t operation, Timestamp at) {
  const SimulatorCode scope;
  state_.world.trace.event(EventKind::kNote, operation, at.ticks);
  if (state_.recorder != nullptr) state_.recorder->returned(operation, at);
  if (state_.transcript == nullptr) return;
  const auto client = clients_.find(scheduler_.current_fiber());
  const std::string who = client == clients_.end() ? "the simulator" : fmt::format("client {}", client->second);
  state_.transcript->client(fmt::format("{}  {}: stamp {}", who, kOperationNames.at(operation), at.ticks));
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
  if (state_.recorder != nullptr) state_.recorder->operation_ends();
}

void Observer::acknowledged() {
  const SimulatorCode scope;
  ++state_.stats.writes;
}

void Observer::opened(const RecoveryReport& report) {
  if (state_.transcript == nullptr) return;
  const SimulatorCode scope;
  state_.transcript->machine(
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
