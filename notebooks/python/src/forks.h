// What a forked child must not touch: the store's threads are not there, and its locks stand as they stood.
//
// Thread-safety: forks() from any thread; an Owned is used with the interpreter's lock held.
#pragma once

#include <memory>
#include <utility>

#include "notebooks/python/src/gil.h"

namespace mylonite::python {

void count_forks();         // from now on
unsigned forks() noexcept;  // how many forks lie between the module's import and this process

// Raises ForkedError in a process that was forked since `born`.
void refuse_after_fork(unsigned born);

// An object of the engine that this process made. It is destroyed without the interpreter's lock; in a forked child it
// is left alone for ever.
template <class T>
class Owned {
 public:
  Owned() = default;
  explicit Owned(std::unique_ptr<T> object) : object_(std::move(object)), born_(forks()) {}
  ~Owned() { drop(); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_.get(); }
  T& operator*() const { return *object_; }
  unsigned born() const { return born_; }
  void drop() {
    T* const object = object_.release();
    if (object == nullptr || born_ != forks()) return;
    const WithoutGil released;
    delete object;
  }

 private:
  std::unique_ptr<T> object_;
  unsigned born_ = 0;
};

}  // namespace mylonite::python
