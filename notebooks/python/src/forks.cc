#include "notebooks/python/src/forks.h"

#include <pthread.h>

#include <atomic>

#include <pybind11/pybind11.h>

namespace mylonite::python {
namespace {

namespace py = pybind11;

std::atomic<unsigned> counted = 0;

}  // namespace

void count_forks() {
  ::pthread_atfork(nullptr, nullptr, [] { counted.fetch_add(1, std::memory_order_relaxed); });
}

unsigned forks() noexcept { return counted.load(std::memory_order_relaxed); }

void refuse_after_fork(unsigned born) {
  if (born == forks()) return;
  const py::object type = py::module_::import("mylonite._errors").attr("ForkedError");
  const py::str text = "the store was opened before os.fork(): open a store of the child's own, or fork before opening";
  PyErr_SetObject(type.ptr(), type(text).ptr());
  throw py::error_already_set();
}

}  // namespace mylonite::python
