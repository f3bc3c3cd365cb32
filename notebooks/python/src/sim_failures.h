// Failures of the simulator as plain values, for mylonite/_failures.py: shrunk, told, drawn, as a test.
#pragma once

#include <pybind11/pybind11.h>

namespace mylonite::python {

void add_failures(pybind11::module_& module);

}  // namespace mylonite::python
