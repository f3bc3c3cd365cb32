// THE SEAM, threads and time. The engine's only way to threads, locks, clocks, sleep and entropy.
//
// In production these are the standard library's; under a simulation (rt::current_scheduler set) every call goes to
// the scheduler instead, which runs the same engine code as fibers on one thread under a chosen schedule. The price
// in production is one thread-local pointer test. Simulated schedules are sequentially consistent: effects of weak
// memory are the business of the real-thread TSan stress test.
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

// Not recursive. Held by a Lock, seldom by hand.
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

  int simulated_owner = 0;  // unguarded: the scheduler's, one thread; the fiber that holds the mutex, 0 for none

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

// Lets go of a held mutex while it lives, and takes it again. What the mutex guards may be another afterwards. Above
// each stands why letting go is safe there.
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

// Joins in its destructor if the owner has not.
class Thread {
 public:
  Thread() = default;
  Thread(std::string name, std::function<void()> body);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { join(); }

  void join();  // nothing happens when there is nothing to join

 private:
  std::thread os_;
  int simulated_ = 0;
};

std::uint64_t monotonic_ns();
std::uint64_t wall_ticks();
void sleep_until(std::uint64_t deadline_ns);  // monotonic
std::uint64_t entropy64();                    // unpredictable in production, part of the scenario in a simulation

// A place where a simulated schedule may switch threads; lock-free code names its steps with it.
inline void point(const char* where) {
  if (Scheduler* simulated = current_scheduler) [[unlikely]] {
    simulated->point(where);
  }
}

// "This rare thing must sometimes happen": counted by a simulation, nothing in production. `name` is a literal.
inline void mark(const char* name) {
  if (Scheduler* simulated = current_scheduler) [[unlikely]] {
    simulated->mark(name);
  }
}

}  // namespace mylonite::rt
