#include "notebooks/python/src/pairs.h"

#include <string>
#include <utility>

namespace mylonite::python {

namespace py = pybind11;

bool PairReader::next() {
  PyObject* item = PyIter_Next(pairs_.ptr());
  if (item == nullptr) {
    if (PyErr_Occurred() != nullptr) throw py::error_already_set();
    return false;
  }
  const auto pair = py::reinterpret_steal<py::object>(item);
  if (PySequence_Check(pair.ptr()) == 0 || py::len(pair) != 2) {
    throw py::type_error(std::string(caller_) + ": each item is a pair (key, value)");
  }
  auto key = py::reinterpret_steal<py::object>(PySequence_GetItem(pair.ptr(), 0));
  if (!key) throw py::error_already_set();
  auto value = py::reinterpret_steal<py::object>(PySequence_GetItem(pair.ptr(), 1));
  if (!value) throw py::error_already_set();
  key_ = BytesLike(key);
  value_ = BytesLike(value);
  held_key_ = std::move(key);
  held_value_ = std::move(value);
  return true;
}

}  // namespace mylonite::python
