// What a run measures: the figures of its result, and the shape of the tree over time. It begins after the load.
// Thread-safety: threads of one simulated machine. Complexity: 8 bytes an operation and a merge; O(tables) a sample.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/store.h>

#include "experiments/machine/world.h"
#include "experiments/result/run_result.h"
#include "experiments/run/latencies.h"
#include "experiments/run/live_data.h"
#include "experiments/run/merge_events.h"

namespace mylonite::experiments {

class Measuring {
 public:
  // `observer` hears of all jobs, too; null: nobody.
  Measuring(World& world, EventListener* observer) : world_(world), merge_events_(observer) {}

  EventListener& events() { return merge_events_; }  // of the store
  void begin(const Store& store);
  void took(OperationKind kind, std::uint64_t ns) { latencies_.add(kind, ns); }
  void returned(std::string_view key, std::string_view value) { figures_.returned_bytes += key.size() + value.size(); }
  void sample(const Store& store, LiveData& live);  // tells `live` what has expired
  std::uint64_t samples() const { return figures_.samples; }
  void end(const Store& store);

  // After end(); each once.
  RunFigures take_figures() { return std::move(figures_); }
  std::vector<ShapeSample> take_shape() { return std::move(shape_); }

 private:
  void sample_tombstones(const Store& store);
  void end_of_store(const StoreStats& now);
  void end_of_device();

  World& world_;
  MergeEvents merge_events_;
  Latencies latencies_;
  RunFigures figures_;
  std::vector<ShapeSample> shape_;
  StoreStats stats_before_;
  Traffic traffic_before_;
  std::uint64_t began_ns_ = 0;
};

}  // namespace mylonite::experiments
