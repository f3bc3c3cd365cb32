// The expected contents of a store, without a map: a bit for each index, and one generation for all values.
//
// Keys sort as their indices do. Every check below compares each key and value, and names the first wrong one.
// Thread-safety: one thread an object. Complexity: a bit an entry; a scan is linear in entries.
#pragma once

#include <cstdint>
#include <vector>

#include <mylonite/session.h>
#include <mylonite/status.h>

#include "experiments/bench/workload.h"

namespace mylonite::experiments {

class Contents {
 public:
  explicit Contents(const StreamOptions& options);

  std::uint64_t indices() const { return live_.size(); }
  std::uint64_t live() const { return live_count_; }
  std::uint64_t live_bytes() const { return live_count_ * (kKeyBytes + value_bytes_); }
  bool alive(std::uint64_t index) const { return live_[index]; }
  std::string_view key(std::uint64_t index) { return keys_.at(index); }  // readable until the next call
  std::string_view value(std::uint64_t index) const { return values_.at(index, generation_); }

  void put(std::uint64_t index) { set(index, true); }
  void remove(std::uint64_t index) { set(index, false); }
  void next_generation() { ++generation_; }  // of every value: write each again before the next check

  // kCorruption: a missing key, a key too many, or a wrong value. Otherwise the number of entries seen: live().
  enum class Direction : std::uint8_t { kForward, kBackward };
  Result<std::uint64_t> judge_scan(Session session, Direction direction);
  Status judge_get(Session& session, std::uint64_t index);

 private:
  void set(std::uint64_t index, bool to);
  Status judge_entry(const Iterator& at, std::uint64_t index);

  std::uint64_t value_bytes_;
  Keys keys_;
  Values values_;
  std::vector<bool> live_;
  std::uint64_t live_count_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace mylonite::experiments
