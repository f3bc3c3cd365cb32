#include "sim/run/operation_context.h"

#include <fmt/format.h>

namespace mylonite::sim {

void OperationContext::begins(std::size_t operation) {
  current_ = operation;
  began_closed_ = answers().is_closed();
}

void OperationContext::check_open(std::string_view call) const {
  if (!began_closed_) return;
  oracle().violate("closed", fmt::format("{} began after close() had returned, and was answered", call));
  answers().stop_if_violated();
}

Reading OperationContext::now() const {
  return {.ticket = oracle().begin(), .options = {}, .struck_before = answers().faults()};
}

bool OperationContext::answered(std::string_view call, const Error* error, const Reading& reading) const {
  const auto& as_of = reading.options.as_of;
  if (error != nullptr && as_of && answers().refused(*error, reading.ticket, *as_of)) {
    observer().mark("sim.read_refused");
    return false;
  }
  if (!answers().succeeded(call, error, reading.struck_before)) return false;
  check_open(call);
  return true;
}

void OperationContext::returned(Timestamp at) const {
  observer().returned(current_, at);
  answers().stop_if_violated();
}

void OperationContext::read_at(const Reading& reading, const ReadMoment& moment) const {
  oracle().end_read(reading.ticket, moment, reading.options.as_of);
  if (reading.options.as_of) observer().mark("sim.read_in_past");
  returned(moment.at);
}

void OperationContext::became_durable(std::string_view call, const Reading& reading, const Status& done) const {
  if (!answers().succeeded(call, error_of(done))) return;
  check_open(call);
  oracle().made_durable(reading.ticket);
  returned(reading.ticket.floor);
}

Writing OperationContext::begin_write(const WriteBatch& batch, std::optional<bool> sync) const {
  Writing writing{.ticket = oracle().begin(),
                  .began_ns = state().world.clock.monotonic_ns(),
                  .collapsed = batch.collapsed(),
                  .sync = sync};
  oracle().begin_write(writing.collapsed, sync);
  if (batch.encoded().size() > options().memtable_max_bytes) observer().mark("sim.batch_larger_than_memtable");
  return writing;
}

void OperationContext::end_write(const Writing& writing, const Result<Timestamp>& stamp) const {
  if (!answers().succeeded("write", error_of(stamp))) {
    oracle().abandon_write(writing.collapsed);
    return;
  }
  check_open("write");
  observer().acknowledged();
  oracle().end_write(writing.ticket, writing.collapsed, *stamp, writing.sync);
  const bool synced = writing.sync.value_or(options().wal_flush_every_write && writing.collapsed.count() > 0);
  if (synced && answers().faults() == 0) {
    oracle().synced(*stamp, writing.began_ns, state().world.clock.monotonic_ns());
  }
  returned(*stamp);
}

}  // namespace mylonite::sim
