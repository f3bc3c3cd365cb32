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
#include "notebooks/python/src/machine.h"
#include "notebooks/python/src/sim_disk.h"
#include "notebooks/python/src/sim_machine.h"
#include "notebooks/python/src/sim_seeds.h"
#include "notebooks/python/src/snapshot.h"
#include "notebooks/python/src/store.h"

namespace mylonite::python {
namespace {

// An object whose constructor never ran has no C++ object. pybind11 would make one of raw memory.
template <class T>
void finish(const char* package, const char* name, const pybind11::module_& module) {
  namespace py = pybind11;
  const py::object type = module.attr(name);
  type.attr("__module__") = package;  // help() and tracebacks name what users import
  py::detail::get_type_info(typeid(T))->operator_new = [](std::size_t) -> void* {
    throw py::type_error("the object was not made by its class");
  };
  const std::string refusal = std::string("cannot pickle '") + package + "." + name + "' objects";
  type.attr("__reduce_ex__") =
      py::cpp_function([refusal](const py::object&, const py::object&) { throw py::type_error(refusal); },
                       py::name("__reduce_ex__"), py::is_method(type));
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  pybind11::options options;
  options.disable_function_signatures();  // each docstring opens with its own, in Python's spelling
  count_forks();
  add_batch(module);
  add_iterator(module);
  add_cursor(module);
  add_events(module);
  add_snapshot(module);
  add_store(module);
  add_disk(module);
  add_machine(module);
  add_seeds(module);
  finish<OpenStore>("mylonite", "Store", module);
  finish<Batch>("mylonite", "Batch", module);
  finish<HeldSnapshot>("mylonite", "Snapshot", module);
  finish<PairIterator>("mylonite", "Iterator", module);
  finish<Cursor>("mylonite", "Cursor", module);
  finish<faultfs::Disk>("mylonite.sim", "Disk", module);
  finish<Machine>("mylonite.sim", "Machine", module);
  module.attr("__version__") = MYLONITE_VERSION;
}

}  // namespace mylonite::python
