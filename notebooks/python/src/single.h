// The calls of the class Store for one key each: put, get, delete, and the operators of a mapping.
//
// Requires the interpreter's lock. Thread-safety: pure functions of the module.
#pragma once

#include <Python.h>

namespace mylonite::python {

void set_up_single_calls(PyHeapTypeObject* store);  // for py::custom_type_setup

}  // namespace mylonite::python
