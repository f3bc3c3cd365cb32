// A fiber of the scheduler and its state. For the scheduler's own .cc files. Thread-safety: as the scheduler.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "sim/machine/scheduler.h"

namespace mylonite::sim {

enum class FiberScheduler::State : std::uint8_t { kRunnable, kLocking, kWaiting, kJoining, kSleeping, kFinished };

struct FiberScheduler::Task {
  Task(FiberScheduler& owner, int number, std::string called) : scheduler(owner), id(number), name(std::move(called)) {}

  // The fiber itself destroys it, at its end. That of an abandoned fiber is not destroyed with the task: the
  // destructors may need a scheduler.
  union Body {
    Body() {}
    ~Body() {}
    std::function<void()> call;
  };

  FiberScheduler& scheduler;
  int id;
  std::string name;
  Body body;
  std::optional<Fiber> fiber;  // until joined
  State state = State::kRunnable;
  std::uint64_t steps = 0;
  const char* last_point = nullptr;
  std::uint64_t debt_ps = 0;  // work that no processor has done yet
  // The object that it is blocked on, by state.
  const rt::Mutex* mutex = nullptr;
  const rt::CondVar* condition = nullptr;
  int joins = 0;
  std::uint64_t deadline_ns = rt::kNever;
  std::uint64_t waits_since = 0;  // step of the run
  bool timed_out = false;
};

}  // namespace mylonite::sim
