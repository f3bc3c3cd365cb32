#include "notebooks/python/src/machine.h"

#include <new>
#include <stdexcept>

#include "notebooks/python/src/errors.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

[[noreturn]] void raise_as(const char* name, const std::string& text) {
  const py::object type = py::module_::import("mylonite._errors").attr(name);
  PyErr_SetObject(type.ptr(), type(text_of(text)).ptr());
  throw py::error_already_set();
}

}  // namespace

Machine::Machine(sim::ComputerOptions options, const faultfs::Disk& disk)
    : thread_(PyThread_get_thread_ident()), computer_(std::move(options), disk) {}

bool Machine::on_my_thread() const { return thread_ == PyThread_get_thread_ident(); }

sim::Computer& Machine::computer() {
  if (!on_my_thread()) throw std::runtime_error("a simulated machine belongs to the thread that made it");
  return computer_;
}

std::uint64_t Machine::start_process() {
  if (!computer().lives()) {
    // Machines that are gone may still wait for the collector: an exception's traceback holds what its frames held.
    if (!sim::Computer::can_start().ok()) py::module_::import("gc").attr("collect")();
    value_of(sim::Computer::can_start());
  }
  computer_.files();
  return computer_.processes();
}

void Machine::raise_end() const {
  switch (computer_.last_end()) {
    case sim::CallEnd::kDeadlock: raise_as("HangError", "deadlock: " + computer_.story());
    case sim::CallEnd::kLivelock: raise_as("HangError", "livelock: " + computer_.story());
    case sim::CallEnd::kNoMemory: throw std::bad_alloc();
    case sim::CallEnd::kReturned:
    case sim::CallEnd::kCrashed: break;
  }
  raise_as("CrashError", "the machine crashed during this call");
}

void raise_crashed() { raise_as("CrashError", "the machine has crashed since this was opened: open the store again"); }

}  // namespace mylonite::python
