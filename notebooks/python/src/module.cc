// The extension module mylonite._core.
#include <cstddef>
#include <string>
#include <typeinfo>

#include <mylonite/faultfs/disk.h>
#include <pybind11/pybind11.h>

#include "notebooks/python/src/batch.h"
#include "notebooks/python/src/cursor.h"
#include "notebooks/python/src/events.h"
#include "notebooks/python/src/forks.h"
#include "notebooks/python/src/iterator.h"
#include "notebooks/python/src/lab_runs.h"
#include "notebooks/python/src/machine.h"
#include "notebooks/python/src/sim_disk.h"
#include "notebooks/python/src/sim_failures.h"
#include "notebooks/python/src/sim_machine.h"
#include "notebooks/python/src/sim_seeds.h"
#include "notebooks/python/src/snapshot.h"
#include "notebooks/python/src/store.h"

namespace mylonite::python {
namespace {

// An object whose constructor never ran has no C++ object. pybind11 would make one of raw memory.
template <class T>
void finish(const char* name, const pybind11::module_& module) {
  namespace py = pybind11;
  const py::object type = module.attr(name);
  py::detail::get_type_info(typeid(T))->operator_new = [](std::size_t) -> void* {
    throw py::type_error("the object was not made by its class");
  };
  const std::string package = py::cast<std::string>(type.attr("__module__"));
  const std::string refusal = "cannot pickle '" + package + "." + name + "' objects";
  type.attr("__reduce_ex__") =
      py::cpp_function([refusal](const py::object&, const py::object&) { throw py::type_error(refusal); },
                       py::name("__reduce_ex__"), py::is_method(type));
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  pybind11::options options;
  options.disable_function_signatures();  // each docstring opens with its own, in Python's spelling
  count_forks();
  module.attr("__module__") = "mylonite";  // of its classes: what users import, in help() and in messages
  add_batch(module);
  add_iterator(module);
  add_cursor(module);
  add_events(module);
  add_snapshot(module);
  add_store(module);
  module.attr("__module__") = "mylonite.sim";
  add_disk(module);
  add_machine(module);
  add_seeds(module);
  add_failures(module);
  add_runs(module);
  pybind11::delattr(module, "__module__");
  finish<OpenStore>("Store", module);
  finish<Batch>("Batch", module);
  finish<HeldSnapshot>("Snapshot", module);
  finish<PairIterator>("Iterator", module);
  finish<Cursor>("Cursor", module);
  finish<faultfs::Disk>("Disk", module);
  finish<Machine>("Machine", module);
  module.attr("__version__") = MYLONITE_VERSION;
}

}  // namespace mylonite::python
