// Bulk load from a Python iterable of pairs.
//
// Requires the interpreter's lock. Thread-safety: one thread an iterable.
#pragma once

#include <pybind11/pybind11.h>

#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

// Raises what the iterable raises, as it is; then the load is as if it had not begun.
Timestamp ingest(const OpenStore& store, const pybind11::iterable& pairs);

}  // namespace mylonite::python
