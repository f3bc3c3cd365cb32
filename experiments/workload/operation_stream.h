// The operations of a workload, one after another: workload and seed decide every one.
//
// Thread-safety: one thread. Complexity: up to 20 bytes an entry; nothing of a recording is copied.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <mylonite/random.h>

#include "experiments/workload/phases.h"
#include "experiments/workload/stream.h"
#include "experiments/workload/workload.h"
#include "experiments/workload/zipf.h"

namespace mylonite::experiments {

inline constexpr std::uint64_t kUsualValueBytes = UINT64_MAX;  // those of the spec

struct PlannedOperation {
  OperationKind kind;
  std::uint64_t index;       // of the key
  std::uint64_t generation;  // of the value that is written; increases with every write; 0: no value is written
  std::uint64_t length = 0;  // entries of a scan
  std::uint64_t value_bytes = kUsualValueBytes;
};

// The operations of one phase after another.
class OperationStream {
 public:
  OperationStream(PlannedWorkload workload, std::uint64_t seed);

  std::span<const Phase> phases() const { return workload_.phases; }
  std::uint64_t keys() const { return keys_; }
  void begin(std::size_t phase);                    // in order
  std::optional<PlannedOperation> next();           // empty: the phase is over
  std::uint64_t inserted() const { return live_; }  // keys so far, deleted or not
  std::uint64_t total() const;                      // operations of all phases
  std::uint64_t left() const { return left_; }      // of this phase

 private:
  PlannedOperation drawn();
  OperationKind draw_kind(const Mix& mix);
  std::uint64_t draw_index(OperationKind kind);
  std::uint64_t draw_length();

  const PlannedWorkload workload_;
  const std::uint64_t keys_;
  const std::uint64_t seed_;
  Random random_;
  std::uint64_t live_ = 0;  // keys inserted so far, deleted or not: the key space up to there, but amid a phase
  std::uint64_t written_ = 0;
  const Phase* phase_ = nullptr;
  std::uint64_t live_before_ = 0;         // at the beginning of the phase
  std::optional<Order> order_;            // of the keys that this phase inserts
  std::vector<std::uint32_t> scrambled_;  // by rank, or by turn: an index
  std::uint64_t front_ = 0;               // of a queue: the first key that lives
  std::optional<Zipf> zipf_;
  std::uint64_t left_ = 0;      // operations of this phase
  std::uint64_t recorded_ = 0;  // of a recording: operations so far
};

}  // namespace mylonite::experiments
