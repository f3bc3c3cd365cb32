// The account of a deadlock or livelock: what each fiber waits for. And the names of the fibers.
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/machine/scheduler_task.h"

namespace mylonite::sim {

std::vector<std::string> FiberScheduler::fiber_names() const {
  std::vector<std::string> names;
  for (const std::unique_ptr<Task>& each : tasks_) names.push_back(each->name);
  return names;
}

std::string FiberScheduler::describe() const {
  std::string story = fmt::format("at step {}, {} ns:", step_, world_.clock.monotonic_ns());
  std::vector<const void*> seen;  // mutexes and conditions are numbered by their order in the text
  const auto label = [&seen](const void* object) {
    const auto found = std::ranges::find(seen, object);
    const auto number = found - seen.begin() + 1;
    if (found == seen.end()) seen.push_back(object);
    return fmt::format("#{}", number);
  };
  const auto who = [this](int id) {
    if (id < 1 || static_cast<std::size_t>(id) > tasks_.size()) return std::string("nobody");  // a fault may invent one
    return fmt::format("fiber {} ({})", id, task(id).name);
  };
  for (const std::unique_ptr<Task>& each : tasks_) {
    if (each->state == State::kFinished) continue;
    story += fmt::format("\n  {}: ", who(each->id));
    const auto out = std::back_inserter(story);
    switch (each->state) {
      case State::kRunnable: story += "can run"; break;
      case State::kLocking:
        fmt::format_to(out, "waits for mutex {} held by {}", label(each->mutex), who(each->mutex->simulated_owner));
        break;
      case State::kWaiting: fmt::format_to(out, "waits on condition {}", label(each->condition)); break;
      case State::kJoining: fmt::format_to(out, "joins {}", who(each->joins)); break;
      case State::kSleeping: story += "sleeps"; break;
      case State::kFinished: break;
    }
    if (each->deadline_ns != rt::kNever) fmt::format_to(out, " until {} ns", each->deadline_ns);
    fmt::format_to(out, "; {} steps, last point {}", each->steps, each->last_point == nullptr ? "-" : each->last_point);
  }
  return story;
}

}  // namespace mylonite::sim
