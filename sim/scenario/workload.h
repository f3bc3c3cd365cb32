// The workload of a seed's clients: first the swarm, which decides what is on, how often and how large; then the
// operations, one by one.
//
// Deterministic: equal seeds give equal operations. Values are unique within one workload.
// Thread-safety: one thread an object.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/compaction_policy.h>
#include <mylonite/random.h>

#include "sim/scenario/expiry_draws.h"
#include "sim/scenario/operations.h"

namespace mylonite::sim {

inline std::uint64_t pick(Random& random, std::initializer_list<std::uint64_t> from) {
  return *(from.begin() + random.below(from.size()));
}

// The features of a seed; drawn once.
struct Swarm {
  std::uint64_t clients = 1;
  std::uint64_t keys = 10;
  std::uint64_t key_style = 0;
  std::uint64_t value_bytes_max = 40;
  bool large_values = false;                         // now and then a value of several KiB
  bool large_batches = false;                        // and a batch that exceeds a small memtable
  bool range_batches = false;                        // batches remove ranges, too
  bool long_sleeps = false;                          // and seconds without work, so that retention passes
  bool far_jumps = false;                            // the clock jumps to where it is not usable, too
  std::array<std::uint64_t, kOperations> weights{};  // by their places in the list
  std::uint64_t weight_sum = 0;
  std::uint64_t sync_chance = 50;  // of 100, per incarnation
  std::uint64_t memtable_scale = 0;
  bool harsh = false;
  bool for_every_store = false;   // only operations that every store carries out
  CompactionPolicies policies{};  // to set; each is drawn equally often
  ExpiryDraw expiry{};            // with a policy: reads of the past are near what has expired, too
};
Swarm draw_swarm(Random random, std::string_view profile, const CompactionPolicies& policies);
void add_weights(Swarm& swarm);           // after a change of weights
void keep_for_every_store(Swarm& swarm);  // drops the operations that only Mylonite carries out

class Workload {
 public:
  Workload(const Swarm& swarm, const Random& random);
  Operation next();

 private:
  // An operation without a weight: it comes in between, from a stream of its own.
  struct Added {
    std::size_t index = 0;
    std::uint64_t one_in = 1;
    Random random;
    std::uint64_t values = 0;  // drawn so far, beyond those of all others
  };
  Operation draw(std::size_t index, Random& random, std::uint64_t& values) const;

  const Swarm& swarm_;
  Random random_;
  std::uint64_t values_ = 0;  // drawn so far
  std::vector<Added> added_;
};

}  // namespace mylonite::sim
