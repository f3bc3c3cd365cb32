// What a run notes of the store's merges. Thread-safety: those of a simulated machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <mylonite/events.h>

#include "experiments/result/run_result.h"

namespace mylonite::experiments {

// Notes merges, and hands events of merges on to an observer.
class MergeEvents final : public EventListener {
 public:
  explicit MergeEvents(EventListener* observer) : observer_(observer) {}

  void on_compaction_begin(const JobRecord& record) override {
    if (observer_ != nullptr) observer_->on_compaction_begin(record);
  }
  void on_compaction(const JobRecord& record) override {
    if (!record.move) note(record);
    if (observer_ != nullptr) observer_->on_compaction(record);
  }
  void restart() {
    largest_bytes_ = 0;
    levels_.clear();
  }
  std::uint64_t largest_bytes() const { return largest_bytes_; }
  const std::vector<LevelTraffic>& levels() const { return levels_; }

 private:
  void note(const JobRecord& record) {
    largest_bytes_ = std::max(largest_bytes_, record.bytes_out);
    if (levels_.size() <= record.to_level) levels_.resize(record.to_level + 1);
    levels_[record.to_level].entered_bytes += record.bytes_above;
    levels_[record.to_level].written_bytes += record.bytes_out;
  }

  EventListener* observer_;  // null: nobody
  std::uint64_t largest_bytes_ = 0;
  std::vector<LevelTraffic> levels_;
};

}  // namespace mylonite::experiments
