// Pairs (key, value) from a Python iterable, one at a time.
//
// Requires the interpreter's lock. Thread-safety: one thread an object.
#pragma once

#include <pybind11/pybind11.h>

#include "notebooks/python/src/arguments.h"

namespace mylonite::python {

// Its last pair stays readable until the next step.
class PairReader {
 public:
  PairReader(const char* caller, const pybind11::iterable& pairs) : caller_(caller), pairs_(pybind11::iter(pairs)) {}

  bool next();  // false: the end. Raises what the iterable raises, TypeError for an item that is no pair
  std::string_view key() const { return key_.view(); }
  std::string_view value() const { return value_.view(); }

 private:
  const char* const caller_;  // for messages
  const pybind11::iterator pairs_;
  pybind11::object held_key_;
  pybind11::object held_value_;
  BytesLike key_;
  BytesLike value_;
};

}  // namespace mylonite::python
