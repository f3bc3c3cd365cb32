// A client of the store: applies operations one after the other, and has what came back checked.
//
// It carries out what every store can, through the interface of stores under test. What only Mylonite can is its
// MyloniteClient's. Owned by the simulated program. Thread-safety: one fiber.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mylonite/sim/store_under_test.h>

#include "sim/run/mylonite_client.h"
#include "sim/run/operation_context.h"

namespace mylonite::sim {

class Client {
 public:
  Client(StoreUnderTest& store, const OperationContext::Parts& parts);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Requires: an operation that the store can carry out (op::kForEveryStore).
  void perform(const Operation& operation);

 private:
  // One overload an operation.
  void apply(const op::Put& put);
  void apply(const op::Remove& remove);
  void apply(const op::Batch& batch);
  void apply(const op::RemoveRange& range);
  void apply(const op::RemoveFrom& remove);
  void apply(const op::Get& get);
  void apply(const op::Scan& scan);
  void apply(const op::ScanBack& scan);
  void apply(const op::Sync& sync);
  void apply(const op::Sleep& sleep);
  void apply(const op::ClockJump& jump);
  void apply(const op::ClockFreeze& freeze);
  void apply(const op::ClockRun& run);

  void write(const WriteBatch& batch);
  void scan(const Bounds& bounds, std::uint64_t limit, bool backward);

  StoreUnderTest& store_;
  OperationContext context_;
  std::optional<MyloniteClient> mylonite_{};  // empty: the store is another
};

}  // namespace mylonite::sim
