// The class Machine of mylonite.sim: a simulated machine in a user's hands.
#pragma once

#include <pybind11/pybind11.h>

namespace mylonite::python {

void add_machine(pybind11::module_& module);  // after the classes Disk and Store

}  // namespace mylonite::python
