// Runs of the laboratory as plain values, for mylonite/lab.py.
#pragma once

#include <pybind11/pybind11.h>

namespace mylonite::python {

void add_runs(pybind11::module_& module);

}  // namespace mylonite::python
