// The reads that a Store and a Snapshot have in common.
//
// Requires the interpreter's lock. Thread-safety: pure functions of the store.
#pragma once

#include <optional>
#include <string>

#include <pybind11/pybind11.h>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/open_store.h"

namespace mylonite::python {

// The bytes, or `otherwise`.
pybind11::object get(const OpenStore& store, const BytesLike& key, const ReadOptions& read,
                     const pybind11::object& otherwise);
pybind11::object get_item(const OpenStore& store, const BytesLike& key, const ReadOptions& read);  // or KeyError
bool holds(const OpenStore& store, const BytesLike& key, const ReadOptions& read);
pybind11::list multi_get(const OpenStore& store, const pybind11::iterable& keys, const ReadOptions& read);

}  // namespace mylonite::python
