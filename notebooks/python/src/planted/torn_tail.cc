// The extension module torn_tail: the simulator over an engine with a planted bug (tests/mutants/torn-tail.patch), for
// mylonite.sim.Engine. It has no classes, so the package and it may be in one process.
#include <pybind11/pybind11.h>

#include "notebooks/python/src/sim_failures.h"
#include "notebooks/python/src/sim_seeds.h"

PYBIND11_MODULE(torn_tail, module) {
  mylonite::python::add_seeds(module);
  mylonite::python::add_failures(module);
}
