#include "notebooks/python/src/fast_call.h"

#include <string>

namespace mylonite::python {
namespace {

namespace py = pybind11;

[[noreturn]] void refuse(const Signature& signature, const std::string& why) {
  throw py::type_error(std::string(signature.method) + "() " + why);
}

std::size_t place_of(const Signature& signature, PyObject* keyword) {
  for (std::size_t i = 0; i < signature.names.size(); ++i) {
    if (PyUnicode_CompareWithASCIIString(keyword, signature.names[i]) == 0) return i;
  }
  refuse(signature, "got an unexpected keyword argument '" + std::string(py::str(py::handle(keyword))) + "'");
}

}  // namespace

void take_arguments(const Signature& signature, const Given& given, std::span<PyObject*> into) {
  const auto positional = static_cast<std::size_t>(given.positional);
  if (positional > signature.positional) {
    refuse(signature, "takes at most " + std::to_string(signature.positional) + " positional arguments (" +
                          std::to_string(positional) + " given)");
  }
  for (std::size_t i = 0; i < positional; ++i) into[i] = given.values[i];
  const Py_ssize_t named = given.keywords == nullptr ? 0 : PyTuple_GET_SIZE(given.keywords);
  for (Py_ssize_t i = 0; i < named; ++i) {
    const std::size_t place = place_of(signature, PyTuple_GET_ITEM(given.keywords, i));
    if (into[place] != nullptr) {
      refuse(signature, "got multiple values for argument '" + std::string(signature.names[place]) + "'");
    }
    into[place] = given.values[given.positional + i];
  }
  for (std::size_t i = 0; i < signature.required; ++i) {
    if (into[i] == nullptr) refuse(signature, "misses the argument '" + std::string(signature.names[i]) + "'");
  }
}

}  // namespace mylonite::python
