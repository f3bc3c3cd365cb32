// Letting go of the interpreter's lock (the GIL), and taking it, as guards.
//
// A thread that asks for the lock after the interpreter began to end never gets it: CPython ends such a thread by
// unwinding its stack. That would run destructors of Python objects without the lock, and end the process in a noexcept
// function. The guards wait for ever in its place: the process ends around the thread.
// Thread-safety: a guard belongs to one thread.
#pragma once

#include <Python.h>

namespace mylonite::python {

// No Python object is touched while one lives. Requires the lock.
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil();
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

// On any thread, inside a WithoutGil or outside of the interpreter.
class WithGil {
 public:
  WithGil();
  ~WithGil() { PyGILState_Release(state_); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  PyGILState_STATE state_;
};

}  // namespace mylonite::python
