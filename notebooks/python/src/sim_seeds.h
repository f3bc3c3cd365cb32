// Runs of the simulator as plain values, for mylonite/sim.py.
#pragma once

#include <pybind11/pybind11.h>

namespace mylonite::sim {
struct SeedResult;
}

namespace mylonite::python {

pybind11::dict dict_of(const sim::SeedResult& result);  // what mylonite.sim.Outcome is made of

void add_seeds(pybind11::module_& module);

}  // namespace mylonite::python
