// The class Store: opening, reads, writes (store.cc), bulk calls (bulk.h), upkeep and facts (upkeep.cc).
//
// Requires the interpreter's lock. Thread-safety: pure functions of the module.
#pragma once

#include <pybind11/pybind11.h>

#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

using StoreClass = pybind11::class_<OpenStore, SharedStore>;

void add_store(pybind11::module_& module);
void add_upkeep(StoreClass& store);

}  // namespace mylonite::python
