// The extension module mylonite._core.
#include <pybind11/pybind11.h>

#include "notebooks/python/src/batch.h"
#include "notebooks/python/src/cursor.h"
#include "notebooks/python/src/events.h"
#include "notebooks/python/src/forks.h"
#include "notebooks/python/src/iterator.h"
#include "notebooks/python/src/sim_disk.h"
#include "notebooks/python/src/sim_machine.h"
#include "notebooks/python/src/sim_seeds.h"
#include "notebooks/python/src/snapshot.h"
#include "notebooks/python/src/store.h"

namespace mylonite::python {
namespace {

// help() and tracebacks name the package that users import.
void name_the_package(const pybind11::module_& module) {
  for (const char* name : {"Store", "Batch", "Snapshot", "Iterator", "Cursor"}) {
    module.attr(name).attr("__module__") = "mylonite";
  }
  for (const char* name : {"Disk", "Machine"}) module.attr(name).attr("__module__") = "mylonite.sim";
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
  name_the_package(module);
  module.attr("__version__") = MYLONITE_VERSION;
}

}  // namespace mylonite::python
