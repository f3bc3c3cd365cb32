// Where an engine's object lives, and its calls run: in this process, or in a process of a simulated machine.
//
// In this process a call runs without the interpreter's lock. What a forked child must not touch, and what died with a
// machine's process, is refused. Thread-safety: with the interpreter's lock held.
#pragma once

#include <memory>
#include <utility>

#include "notebooks/python/src/forks.h"
#include "notebooks/python/src/gil.h"
#include "notebooks/python/src/machine.h"

namespace mylonite::python {

class Home {
 public:
  Home() : born_(forks()) {}                        // this process
  explicit Home(std::shared_ptr<Machine> machine);  // the process that lives there, or a new one

  // Raises where no call is possible: ForkedError; CrashError; RuntimeError on another thread than the machine's.
  void refuse() const;
  bool is_gone() const;    // in a forked child, or with the machine's process
  bool reachable() const;  // refuse() would not raise
  bool simulated() const { return machine_ != nullptr; }

  // What the call returns. Under simulation it is a copy: the call's own memory dies with the machine. So a call fills
  // nothing that outlives it.
  template <class Call>
  auto run(const Call& call) const {
    refuse();
    if (machine_) return machine_->run(call);
    const WithoutGil released;
    return call();
  }

 private:
  unsigned born_;
  std::shared_ptr<Machine> machine_;  // null: this process
  std::uint64_t process_ = 0;
};

// An object of the engine. It is destroyed where it lives; where that is gone, it is left alone for ever. On a
// simulated machine that happens by drop() only: when Python destroys an object is up to its collector, and a run must
// not be.
template <class T>
class Owned {
 public:
  Owned(std::unique_ptr<T> object, Home home) : object_(object.release()), home_(std::move(home)) {}
  ~Owned() {
    if (!home_.simulated()) drop();
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  const Home& home() const { return home_; }
  void drop() {
    T* const object = std::exchange(object_, nullptr);
    if (object == nullptr || !home_.reachable()) return;
    try {
      home_.run([object] {
        delete object;
        return true;
      });
    } catch (const pybind11::error_already_set&) {
      // A crash came in that call, and took the object with it.
    }
  }

 private:
  T* object_;
  Home home_;
};

}  // namespace mylonite::python
