#include "notebooks/python/src/event_queue.h"

#include <utility>

namespace mylonite::python {

// Events that find no memory are dropped like those that find no room.
template <class What>
void QueuingListener::push(std::string_view name, What&& what) noexcept {
  const std::lock_guard held(mutex_);
  if (state_.ended) return;
  try {
    if (state_.waiting.size() >= kEventsWaitingMax) {
      ++state_.dropped;
      return;
    }
    if (state_.dropped > 0) {
      state_.waiting.push_back({.name = "dropped", .what = Dropped{.count = state_.dropped}});
      state_.dropped = 0;
    }
    state_.waiting.push_back({.name = name, .what = std::forward<What>(what)});
  } catch (...) {
    ++state_.dropped;
  }
  changed_.notify_all();
}

void QueuingListener::on_compaction_failed(const JobRecord& job, const Error& why) {
  push("compaction_failed", FailedJob{.job = job, .error = why});
}

void QueuingListener::on_policy_changed(std::string_view from, std::string_view to) {
  push("policy_changed", PolicyChange{.from = std::string(from), .to = std::string(to)});
}

void QueuingListener::on_write_stall(const StallReport& report) {
  push("write_stall", Stall{.cause = report.cause, .why = std::string(report.why)});
}

std::optional<Event> QueuingListener::pop() {
  std::unique_lock held(mutex_);
  state_.popper = std::this_thread::get_id();
  changed_.wait(held, [&] { return !state_.waiting.empty() || state_.dropped > 0 || state_.ended; });
  if (!state_.waiting.empty()) {
    Event next = std::move(state_.waiting.front());
    state_.waiting.pop_front();
    return next;
  }
  if (state_.dropped > 0) return Event{.name = "dropped", .what = Dropped{.count = std::exchange(state_.dropped, 0)}};
  state_.taken = true;
  changed_.notify_all();
  return std::nullopt;
}

void QueuingListener::end() {
  const std::lock_guard held(mutex_);
  state_.ended = true;
  changed_.notify_all();
}

void QueuingListener::wait_for_end(std::optional<std::chrono::seconds> at_most) {
  std::unique_lock held(mutex_);
  if (state_.popper == std::this_thread::get_id()) return;
  const auto taken = [&] { return state_.taken; };
  if (at_most) {
    changed_.wait_for(held, *at_most, taken);
  } else {
    changed_.wait(held, taken);
  }
}

}  // namespace mylonite::python
