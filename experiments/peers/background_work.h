// The background work of a peer as a queue that its caller carries out, and what the peer's files count meanwhile.
//
// A peer schedules a function; nothing runs until drain(). What is appended to tables counts for the job that runs.
// What is read from them while no job runs counts for the client. Thread-safety: one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "experiments/amplification/peer_tree.h"

namespace mylonite::experiments {

class BackgroundWork {
 public:
  struct Job {
    void (*run)(void*) = nullptr;
    void* argument = nullptr;
    void* tag = nullptr;               // of whom it is
    void (*give_up)(void*) = nullptr;  // instead of run; null: nothing to do
    bool flushes = false;
  };

  void add(const Job& job) { jobs_.push_back(job); }
  // Takes back the jobs of a tag. Returns how many.
  int give_up(const void* tag) {
    int count = 0;
    for (auto at = jobs_.begin(); at != jobs_.end();) {
      if (at->tag != tag) {
        ++at;
        continue;
      }
      const Job job = *at;
      at = jobs_.erase(at);
      if (job.give_up != nullptr) job.give_up(job.argument);
      ++count;
    }
    return count;
  }
  // A peer whose jobs do not say so: the next one is a flush.
  void next_flushes() { next_flushes_ = true; }

  void drain() {
    while (!jobs_.empty()) {
      const Job job = jobs_.front();
      jobs_.pop_front();
      running_ = job.flushes || next_flushes_ ? Running::kFlush : Running::kMerge;
      next_flushes_ = false;
      job_bytes_ = 0;
      job.run(job.argument);
      if (running_ == Running::kMerge) count_merge();
      running_ = Running::kNothing;
    }
  }

  void appended(const std::string& file, std::uint64_t bytes) {
    if (!is_table(file)) return;
    tables_[file] += bytes;
    job_bytes_ += bytes;
    if (running_ == Running::kFlush) traffic_.flush_bytes += bytes;
    if (running_ == Running::kMerge) traffic_.merge_bytes_out += bytes;
  }
  void read(bool table, std::uint64_t bytes) {
    if (!table) return;
    if (running_ == Running::kNothing) ++traffic_.client_reads;
    if (running_ == Running::kMerge) traffic_.merge_bytes_in += bytes;
  }
  void removed(const std::string& file) { tables_.erase(file); }

  TreeTraffic& traffic() { return traffic_; }
  const TreeTraffic& traffic() const { return traffic_; }
  std::uint64_t table_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, size] : tables_) bytes += size;
    return bytes;
  }

  static bool is_table(std::string_view file) { return file.ends_with(".sst") || file.ends_with(".ldb"); }

 private:
  enum class Running : std::uint8_t { kNothing, kFlush, kMerge };

  void count_merge() {
    traffic_.largest_merge_bytes = std::max(traffic_.largest_merge_bytes, job_bytes_);
    if (job_bytes_ > 0) ++traffic_.merges;
  }

  std::deque<Job> jobs_;
  std::map<std::string, std::uint64_t> tables_;  // by name: bytes
  TreeTraffic traffic_;
  Running running_ = Running::kNothing;
  bool next_flushes_ = false;
  std::uint64_t job_bytes_ = 0;
};

}  // namespace mylonite::experiments
