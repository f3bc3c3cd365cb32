// Runs of the simulator as plain values, for mylonite/sim.py.
#pragma once

#include <pybind11/pybind11.h>

namespace mylonite::python {

void add_seeds(pybind11::module_& module);

}  // namespace mylonite::python
