// THE SEAM of threads and time: the engine's only access to threads, locks, clocks, sleep and entropy.
//
// In production these are the standard library's. In a simulation (rt::current_scheduler set) every call goes to the
// scheduler instead. It runs the same engine code as fibers on one thread, under a chosen schedule. The price in
// production is one test of a thread-local pointer. Simulated schedules are sequentially consistent; the stress test
// with real threads and TSan covers weak memory.
//
// Units: monotonic time in nanoseconds since an arbitrary start; wall time in ticks of 100 ns since 1970-01-01 UTC.
// The wall clock may jump back, jump forward or stand still; the monotonic one never goes back.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/rt/capability.h"
#include "core/rt/scheduler.h"

namespace mylonite::rt {

// Not recursive. Held by a Lock, rarely locked by hand.
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ACQUIRE() {
    if (Scheduler* simulated = current_scheduler) [[unlikely]] {
      simulated->lock(*this);
    } else {
      os_.lock();
    }
  }
  bool try_lock() TRY_ACQUIRE(true) {
    if (Scheduler* simulated = current_scheduler) [[unlikely]] {
      return simulated->try_lock(*this);
    }
    return os_.try_lock();
  }
  void unlock() RELEASE() {
    if (Scheduler* simulated = current_scheduler) [[unlikely]] {
      simulated->unlock(*this);
    } else {
      os_.unlock();
    }
  }

  int simulated_owner = 0;  // unguarded: used by the scheduler's one thread; the fiber that holds the mutex, 0: none

 private:
  friend class CondVar;
  std::mutex os_;
};

// Holds the mutex while it lives.
class SCOPED_CAPABILITY Lock {
 public:
  explicit Lock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Lock() RELEASE() { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

// Releases a held mutex while it lives, and takes it again. The guarded data may have changed afterwards. A comment
// above each use says why the release is safe.
class SCOPED_CAPABILITY Unlocked {
 public:
  explicit Unlocked(Mutex& mutex) RELEASE(mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Unlocked() RELEASE() { mutex_.lock(); }  // ends the scope: what it released is held again
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  // Releases the mutex, sleeps until notified, takes it again. Wakes may be spurious: always wait in a loop.
  void wait(Mutex& mutex) REQUIRES(mutex);
  bool wait_until(Mutex& mutex, std::uint64_t deadline_ns) REQUIRES(mutex);  // false: the deadline passed
  void notify_one();
  void notify_all();

 private:
  std::condition_variable os_;
};

// The destructor joins a thread that the owner has not joined.
class Thread {
 public:
  Thread() = default;
  Thread(std::string name, std::function<void()> body);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { join(); }

  void join();  // without a thread: no effect

 private:
  std::thread os_;
  int simulated_ = 0;
};

std::uint64_t monotonic_ns();
std::uint64_t wall_ticks();
void sleep_until(std::uint64_t deadline_ns);  // monotonic
std::uint64_t entropy64();                    // unpredictable in production, part of the scenario in a simulation

// How often a fork lies between the program's start and this process: a forked child has one more than its parent.
std::uint64_t forks();

// A point where a simulated schedule may switch threads. Lock-free code names its steps with it.
inline void point(const char* where) {
  if (Scheduler* simulated = current_scheduler) [[unlikely]] {
    simulated->point(where);
  }
}

// A rare event that must sometimes happen: a simulation counts it; no effect in production. `name` is a literal.
inline void mark(const char* name) {
  if (Scheduler* simulated = current_scheduler) [[unlikely]] {
    simulated->mark(name);
  }
}

// Processor work that the caller does now. Not a point: no other thread runs before the next call of this seam.
inline void work(Work kind, std::uint64_t count) {
  if (Scheduler* simulated = current_scheduler) [[unlikely]] {
    simulated->work(kind, count);
  }
}

}  // namespace mylonite::rt
