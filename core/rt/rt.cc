#include "core/rt/rt.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <random>
#include <utility>

namespace mylonite::rt {
namespace {

std::chrono::steady_clock::time_point to_time_point(std::uint64_t ns) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::nanoseconds(ns)));
}

constinit std::atomic<std::uint64_t> fork_count{0};
[[maybe_unused]] const int registered =
    ::pthread_atfork(nullptr, nullptr, [] { fork_count.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

std::uint64_t forks() { return fork_count.load(std::memory_order_relaxed); }

void CondVar::wait(Mutex& mutex) {
  if (Scheduler* simulated = current_scheduler) {
    static_cast<void>(simulated->wait(*this, mutex, kNever));
    return;
  }
  std::unique_lock<std::mutex> os(mutex.os_, std::adopt_lock);
  os_.wait(os);
  os.release();
}

bool CondVar::wait_until(Mutex& mutex, std::uint64_t deadline_ns) {
  if (Scheduler* simulated = current_scheduler) return simulated->wait(*this, mutex, deadline_ns);
  std::unique_lock<std::mutex> os(mutex.os_, std::adopt_lock);
  const bool in_time = os_.wait_until(os, to_time_point(deadline_ns)) == std::cv_status::no_timeout;
  os.release();
  return in_time;
}

void CondVar::notify_one() {
  if (Scheduler* simulated = current_scheduler) {
    simulated->notify(*this, false);
  } else {
    os_.notify_one();
  }
}

void CondVar::notify_all() {
  if (Scheduler* simulated = current_scheduler) {
    simulated->notify(*this, true);
  } else {
    os_.notify_all();
  }
}

Thread::Thread(std::string name, std::function<void()> body) {
  if (Scheduler* simulated = current_scheduler) {
    simulated_ = simulated->start(std::move(name), std::move(body));
  } else {
    os_ = std::thread(std::move(body));
  }
}

Thread::Thread(Thread&& other) noexcept : os_(std::move(other.os_)), simulated_(std::exchange(other.simulated_, 0)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this != &other) {
    join();
    os_ = std::move(other.os_);
    simulated_ = std::exchange(other.simulated_, 0);
  }
  return *this;
}

void Thread::join() {
  if (simulated_ != 0) {
    current_scheduler->join(std::exchange(simulated_, 0));
  } else if (os_.joinable()) {
    os_.join();
  }
}

std::uint64_t monotonic_ns() {
  if (Scheduler* simulated = current_scheduler) return simulated->monotonic_ns();
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

std::uint64_t wall_ticks() {
  if (Scheduler* simulated = current_scheduler) return simulated->wall_ticks();
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
  return ns < 0 ? 0 : static_cast<std::uint64_t>(ns) / 100;
}

void sleep_until(std::uint64_t deadline_ns) {
  if (Scheduler* simulated = current_scheduler) {
    simulated->sleep_until(deadline_ns);
  } else {
    std::this_thread::sleep_until(to_time_point(deadline_ns));
  }
}

std::uint64_t entropy64() {
  if (Scheduler* simulated = current_scheduler) return simulated->entropy64();
  std::random_device device;
  const std::uint64_t high = device();
  const std::uint64_t low = device();
  return (high << 32) ^ low;
}

}  // namespace mylonite::rt
