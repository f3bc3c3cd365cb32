// Operations' fields in the store's and the model's own types. Owned by the simulated program. Thread-safety: pure.
#pragma once

#include <vector>

#include <mylonite/key_bounds.h>
#include <mylonite/sim/store_under_test.h>
#include <mylonite/write_batch.h>

#include "sim/oracle/model.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

WriteBatch batch_of(const std::vector<BatchItem>& items);

inline KeyBounds key_bounds(const Bounds& bounds) { return {.low = bounds.low, .high = bounds.high}; }

// Borrows from the range.
inline Model::Range model_range(const ScanRange& range) {
  Model::Range same{.low = range.bounds.low, .high = std::nullopt, .limit = range.limit, .backward = range.backward};
  if (range.bounds.high) same.high = *range.bounds.high;
  return same;
}

}  // namespace mylonite::sim
