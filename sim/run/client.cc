#include "sim/run/client.h"

#include "core/base/invariant.h"
#include "core/rt/rt.h"
#include "sim/run/batches.h"
#include "sim/run/mylonite_store.h"

namespace mylonite::sim {

Client::Client(StoreUnderTest& store, const OperationContext::Parts& parts) : store_(store), context_(parts) {
  if (auto* mylonite = dynamic_cast<MyloniteStore*>(&store)) mylonite_.emplace(*mylonite, context_);
}

void Client::perform(const Operation& operation) {
  context_.begins(operation.index());
  std::visit(
      [this]<class Op>(const Op& each) {
        if constexpr (kForEveryStore<Op>) {
          apply(each);
        } else {
          invariant(mylonite_.has_value(), "an operation of Mylonite's is for Mylonite");
          mylonite_->apply(each);
        }
      },
      operation);
}

void Client::apply(const op::Put& put) {
  WriteBatch batch;
  batch.put(put.key, put.value);
  write(batch);
}

void Client::apply(const op::Remove& remove) {
  WriteBatch batch;
  batch.remove(remove.key);
  write(batch);
}

void Client::apply(const op::Batch& batch) { write(batch_of(batch.items)); }

void Client::apply(const op::RemoveRange& range) {
  WriteBatch batch;
  batch.remove_range(range.low, range.high);
  write(batch);
}

void Client::apply(const op::RemoveFrom& remove) {
  WriteBatch batch;
  batch.remove_range(remove.low, std::nullopt);
  write(batch);
}

void Client::write(const WriteBatch& batch) {
  const Writing writing = context_.begin_write(batch);
  context_.end_write(writing, store_.write(batch));
}

void Client::apply(const op::Get& get) {
  const Reading reading = context_.now();
  const auto found = store_.get(get.key);
  if (!context_.answered("get", error_of(found), reading)) return;
  context_.observer().found(found->value);
  context_.oracle().check_get(get.key, found->moment(), found->value);
  context_.read_at(reading, found->moment());
}

void Client::apply(const op::Scan& forward) { scan(forward.bounds, forward.limit, false); }
void Client::apply(const op::ScanBack& back) { scan(back.bounds, back.limit, true); }

void Client::scan(const Bounds& bounds, std::uint64_t limit, bool backward) {
  const Reading reading = context_.now();
  const ScanRange range{.bounds = key_bounds(bounds), .limit = limit, .backward = backward};
  const auto found = store_.scan(range);
  if (!context_.answered("scan", error_of(found), reading)) return;
  context_.observer().found(found->value.size());
  context_.oracle().check_scan(model_range(range), found->moment(), found->value);
  context_.read_at(reading, found->moment());
}

void Client::apply(const op::Sync&) {
  const Reading reading = context_.now();
  context_.became_durable("sync", reading, store_.sync());
}

void Client::apply(const op::Sleep& sleep) {
  rt::sleep_until(rt::monotonic_ns() + sleep.duration_ns);
  context_.returned({});
}

void Client::apply(const op::ClockJump& jump) {
  context_.state().jump_clock(jump.ticks);
  context_.returned({});
}

void Client::apply(const op::ClockFreeze&) {
  context_.state().freeze_clock();
  context_.returned({});
}

void Client::apply(const op::ClockRun&) {
  context_.state().unfreeze_clock();
  context_.returned({});
}

}  // namespace mylonite::sim
