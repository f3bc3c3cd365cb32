// Bulk calls of a Store: many pairs in one call, with the interpreter's lock let go for most of it.
//
// Requires the interpreter's lock. Thread-safety: pure functions of the store.
#pragma once

#include "notebooks/python/src/store.h"

namespace mylonite::python {

void add_bulk(StoreClass& store);  // put_many, scan, scan_arrays

}  // namespace mylonite::python
