#include "notebooks/python/src/errors.h"

namespace mylonite::python {

namespace py = pybind11;

py::str text_of(std::string_view utf8) {
  PyObject* text = PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "backslashreplace");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

py::str path_name_of(std::string_view path) {
  PyObject* name = PyUnicode_DecodeFSDefaultAndSize(path.data(), static_cast<Py_ssize_t>(path.size()));
  if (name == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(name);
}

py::object exception_of(const Error& error) {
  std::string text = error.to_string();
  const std::string prefix = std::string(code_name(error.code())) + ": ";  // the class says it
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  py::object file = py::none();
  if (!error.file().empty()) file = path_name_of(error.file());
  py::object offset = py::none();
  if (error.offset()) offset = py::int_(*error.offset());
  const py::object make = py::module_::import("mylonite._errors").attr("error_of");
  return make(text_of(code_name(error.code())), text_of(text), file, offset, error.can_retry());
}

void raise(const Error& error) {
  const py::object made = exception_of(error);
  PyErr_SetObject(py::type::handle_of(made).ptr(), made.ptr());
  throw py::error_already_set();
}

}  // namespace mylonite::python
