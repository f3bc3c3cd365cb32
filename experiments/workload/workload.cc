#include "experiments/workload/workload.h"

#include <algorithm>
#include <iterator>

namespace mylonite::experiments {

PlannedWorkload workload_of(const WorkloadPlan& plan, std::uint64_t entries) {
  PlannedWorkload workload{.entries = entries, .key_space = plan.key_space};
  std::ranges::copy_if(plan.phases, std::back_inserter(workload.phases),
                       [](const Phase& phase) { return phase.length > 0; });
  return workload;
}

std::string_view KeyTexts::at(std::uint64_t index) {
  if (!recording_ || recording_->keys.empty()) return keys_.at(index);
  const std::uint64_t keys = recording_->keys.size();
  if (index < keys) return recording_->keys[index];
  beyond_ = recording_->keys[index % keys] + std::to_string(index / keys);
  return beyond_;
}

std::uint64_t key_bytes_of(const PlannedWorkload& workload) {
  const bool has_texts = workload.recording && !workload.recording->keys.empty();
  return has_texts ? workload.recording->key_bytes : kKeyBytes;
}

}  // namespace mylonite::experiments
