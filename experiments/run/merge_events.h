// What a run notes of the store's merges. Thread-safety: those of a simulated machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/events.h>

#include "core/rt/rt.h"
#include "experiments/result/run_result.h"

namespace mylonite::experiments {

// Notes merges, and hands events of merges on to an observer.
class MergeEvents final : public EventListener {
 public:
  explicit MergeEvents(EventListener* observer) : observer_(observer) {}

  void on_compaction_begin(const JobRecord& record) override {
    began_ns_[record.id] = rt::monotonic_ns();
    if (observer_ != nullptr) observer_->on_compaction_begin(record);
  }
  void on_compaction(const JobRecord& record) override {
    if (record.kind() == std::string_view("merge")) note(record);
    began_ns_.erase(record.id);
    if (observer_ != nullptr) observer_->on_compaction(record);
  }
  void restart() {
    written_.clear();
    ns_sum_ = 0;
    ns_max_ = 0;
    levels_.clear();
  }
  // The last call.
  void take(RunFigures& figures) {
    std::ranges::sort(written_);
    const auto percentile = [&](std::size_t percent) {
      return written_.empty() ? 0 : written_[(written_.size() - 1) * percent / 100];
    };
    figures.merge_p50_bytes = percentile(50);
    figures.merge_p99_bytes = percentile(99);
    figures.largest_merge_bytes = percentile(100);
    figures.merge_ns_sum = ns_sum_;
    figures.merge_ns_max = ns_max_;
    figures.levels = std::move(levels_);
  }

 private:
  void note(const JobRecord& record) {
    const std::uint64_t took_ns = rt::monotonic_ns() - began_ns_[record.id];
    written_.push_back(record.bytes_out);
    ns_sum_ += took_ns;
    ns_max_ = std::max(ns_max_, took_ns);
    if (levels_.size() <= record.to_level) levels_.resize(record.to_level + 1);
    levels_[record.to_level].entered_bytes += record.bytes_above;
    levels_[record.to_level].written_bytes += record.bytes_out;
  }

  EventListener* observer_;                          // null: nobody
  std::map<std::uint64_t, std::uint64_t> began_ns_;  // by id, of those that have not ended
  std::vector<std::uint64_t> written_;               // bytes, by each merge
  std::uint64_t ns_sum_ = 0;
  std::uint64_t ns_max_ = 0;
  std::vector<LevelTraffic> levels_;
};

}  // namespace mylonite::experiments
