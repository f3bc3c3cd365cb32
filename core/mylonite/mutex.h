// A lock for code that the simulator may run: a store under test, a listener, a source of an ingest.
//
// In a simulation threads are fibers of one thread, and a file call may switch to another fiber. A std::mutex that is
// held across a file call then stops the whole simulation; this lock gives way to the fiber that holds it. Elsewhere it
// is the standard library's. Not recursive. Use: `const std::scoped_lock lock(mutex);`.
// Thread-safety: any thread; whoever locked it unlocks it. Cost beside std::mutex: one indirection.
#pragma once

#include <memory>

namespace mylonite {

namespace rt {
class Mutex;
}

class Mutex {
 public:
  Mutex();
  ~Mutex();
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock();
  bool try_lock();
  void unlock();

 private:
  const std::unique_ptr<rt::Mutex> mutex_;
};

}  // namespace mylonite
