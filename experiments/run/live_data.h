// What a run has written and what of it is live: the last value of each key, and its bytes. What has expired is gone.
// Thread-safety: one thread. Complexity: O(log n) a write; 24 bytes a key and 16 a write that lives.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include <mylonite/timestamp.h>

namespace mylonite::experiments {

class LiveData {
 public:
  struct Value {
    std::uint64_t generation = 0;  // 0: absent
    std::uint32_t key_bytes = 0;
    std::uint32_t value_bytes = 0;
    Timestamp at{};  // of the write

    bool there(Timestamp expired_through) const { return generation > 0 && at > expired_through; }
  };
  explicit LiveData(std::uint64_t keys) : last_(keys) {}

  void fetch(std::uint64_t index) const { __builtin_prefetch(last_.data() + index); }  // it will be asked for soon
  void wrote(std::uint64_t index, const Value& value);                                 // stamps need not ascend
  void expire(Timestamp through);                                                      // never falls
  const Value& last(std::uint64_t index) const { return last_[index]; }
  std::uint64_t keys() const { return last_.size(); }
  std::uint64_t bytes() const { return bytes_; }  // of the keys that are there, and their values

 private:
  std::vector<Value> last_;  // by index
  // Stamps and keys of writes that have not expired, the oldest on top.
  using Write = std::pair<Timestamp, std::uint64_t>;
  std::priority_queue<Write, std::vector<Write>, std::greater<>> by_age_;
  std::uint64_t bytes_ = 0;
  Timestamp expired_through_;
};

}  // namespace mylonite::experiments
