// The listener that queues events, and the queue.
//
// Thread-safety: any thread; it takes no lock but its own, and waits only in pop() and wait_for_end(). No Python here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include <mylonite/events.h>

namespace mylonite::python {

inline constexpr std::size_t kEventsWaitingMax = 4096;

struct FailedJob {
  JobRecord job;
  Error error;
};
struct Stall {
  StallCause cause;
  std::string why;
};
struct PolicyChange {
  std::string from;
  std::string to;
};
struct UnusableClock {
  std::uint64_t wall_ticks;
};
struct Dropped {
  std::uint64_t count;
};

struct Event {
  std::string_view name;  // a literal
  std::variant<std::monostate, RecoveryReport, FlushReport, JobRecord, FailedJob, Error, PolicyChange, Stall,
               UnusableClock, Dropped>
      what;
};

class QueuingListener final : public EventListener {
 public:
  void on_flush(const FlushReport& report) override { push("flush", report); }
  void on_compaction_begin(const JobRecord& job) override { push("compaction_begin", job); }
  void on_compaction(const JobRecord& job) override { push("compaction", job); }
  void on_compaction_failed(const JobRecord& job, const Error& why) override;
  void on_compaction_paused(const Error& why) override { push("compaction_paused", why); }
  void on_compaction_resumed() override { push("compaction_resumed", std::monostate()); }
  void on_flush_failed(const Error& why) override { push("flush_failed", why); }
  void on_log_given_up(const Error& why) override { push("log_given_up", why); }
  void on_policy_changed(std::string_view from, std::string_view to) override;
  void on_recovery(const RecoveryReport& report) override { push("recovery", report); }
  void on_write_stall(const StallReport& report) override;
  void on_clock_unusable(std::uint64_t ticks) override { push("clock_unusable", UnusableClock{.wall_ticks = ticks}); }
  void on_writes_stopped(const Error& why) override { push("writes_stopped", why); }
  void on_writes_resumed() override { push("writes_resumed", std::monostate()); }

  // The next event; waits for one. Nothing after end() and the last one. One thread only.
  std::optional<Event> pop();
  void end();  // later events are ignored
  // Until pop() answered nothing, or so long at most; returns at once on the thread that pops.
  void wait_for_end(std::optional<std::chrono::seconds> at_most);

 private:
  template <class What>
  void push(std::string_view name, What&& what) noexcept;

  struct State {
    std::deque<Event> waiting;
    std::uint64_t dropped = 0;  // since the last one of `waiting`
    bool ended = false;         // no more comes
    bool taken = false;         // pop() answered nothing
    std::thread::id popper{};
  };
  std::mutex mutex_;
  std::condition_variable changed_;  // unguarded: it needs no lock
  State state_;                      // unguarded: under mutex_; the annotations are in no public header
};

}  // namespace mylonite::python
