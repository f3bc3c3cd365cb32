// The trace of a run: one 128-bit hash over every event that could differ between two runs of one scenario.
//
// Invariants: equal sequences of events give equal hashes, on every machine and compiler. Later events cannot cancel a
// difference of earlier ones: both lanes are bijective in their state. The trace keeps the last events for reports. On
// request it keeps all, so that two runs that differ can be compared event by event.
//
// It records no marks and checks nothing. Two lanes of multiply-rotate mixing, not cryptographic.
// Thread-safety: one thread an object. Complexity: constant an event, about 2 ns; bytes() is linear.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mylonite::sim {

// A new kind is appended: numbers are part of the hash.
enum class EventKind : std::uint8_t {
  // A thread's step: a = fiber, b = that fiber's own step.
  kStart,
  kFinish,
  kLock,
  kTryLock,
  kUnlock,
  kBlock,  // on a mutex
  kBeforeWait,
  kWait,
  kNotify,
  kJoin,
  kSleep,
  kPoint,
  // The world.
  kTimeJump,  // a = the new monotonic time
  kEntropy,   // a = the number returned
  kRunEnd,    // a = how, b = steps
  kFileCall,  // the file system's own numbers
  kFileBytes,
  kFault,
  kCrash,
  kNote,  // the caller's
};
std::string_view event_name(EventKind kind);

struct Event {
  EventKind kind;
  std::uint64_t a;
  std::uint64_t b;
  bool operator==(const Event&) const = default;
};
std::string to_string(const Event& event);  // "lock 2 17"

class Trace {
 public:
  static constexpr std::size_t kRecent = 256;

  // `record_all` keeps every event, 24 bytes each.
  explicit Trace(bool record_all = false) : record_all_(record_all) {}

  static Trace none() {  // keeps nothing: for runs that nobody compares
    Trace trace;
    trace.keeps_ = false;
    return trace;
  }

  void event(EventKind kind, std::uint64_t a, std::uint64_t b) {
    if (!keeps_) return;
    const std::uint64_t tag = static_cast<std::uint64_t>(kind) + 1;
    lanes_[0] = std::rotl((lanes_[0] + a) * 0x9fb21c651e98df25ULL, 31) ^ (b + tag * 0xd6e8feb86659fd93ULL);
    lanes_[1] = std::rotl((lanes_[1] ^ b) * 0xc2b2ae3d27d4eb4fULL, 29) + (a ^ (tag << 56));
    recent_[count_++ % kRecent] = {kind, a, b};
    if (record_all_) [[unlikely]] {
      all_.push_back({kind, a, b});
    }
  }
  void bytes(EventKind kind, std::string_view bytes);  // an event of their length and hash

  std::string hash() const;  // 32 hex digits; at any time
  std::uint64_t count() const { return count_; }
  std::vector<Event> recent() const;                      // the last kRecent, oldest first
  const std::vector<Event>& all() const { return all_; }  // empty unless record_all

 private:
  std::array<std::uint64_t, 2> lanes_{0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL};
  std::uint64_t count_ = 0;
  bool record_all_;
  bool keeps_ = true;
  std::array<Event, kRecent> recent_;  // the first min(count_, kRecent) are set
  std::vector<Event> all_;
};

struct Difference {
  std::size_t index;        // of the first event that differs
  std::size_t incarnation;  // in which it happens, from 1
  std::uint64_t step;       // the incarnation's steps until then
  std::string left;         // that event as text, "end" if the trace has no more
  std::string right;
};
// Compares traces that recorded everything; empty when they are equal.
std::optional<Difference> first_difference(const Trace& left, const Trace& right);
// The same, of a trace and lines of events as text, their numbers left out.
std::optional<Difference> first_difference(const std::vector<std::string_view>& left, const Trace& right);

}  // namespace mylonite::sim
