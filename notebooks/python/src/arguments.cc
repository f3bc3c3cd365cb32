#include "notebooks/python/src/arguments.h"

namespace mylonite::python {

namespace py = pybind11;

BytesLike::BytesLike(py::handle source) {
  if (PyBytes_Check(source.ptr())) {
    borrowed_ = {PyBytes_AS_STRING(source.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(source.ptr()))};
    return;
  }
  Py_buffer buffer;
  if (PyObject_GetBuffer(source.ptr(), &buffer, PyBUF_SIMPLE) != 0) throw py::error_already_set();
  try {
    copy_.emplace(static_cast<const char*>(buffer.buf), static_cast<std::size_t>(buffer.len));
  } catch (...) {
    PyBuffer_Release(&buffer);
    throw;
  }
  PyBuffer_Release(&buffer);
}

std::optional<std::string_view> MaybeBytes::view() const {
  if (!bytes) return std::nullopt;
  return bytes->view();
}

Sync sync_of(PyObject* given) {
  if (given == nullptr || given == Py_None) return {};
  if (given == Py_True) return true;
  if (given == Py_False) return false;
  py::detail::make_caster<bool> truth;
  if (!truth.load(given, true)) throw py::type_error("sync is True, False or None");
  return py::detail::cast_op<bool>(truth);
}

AsOf as_of(PyObject* given) {
  if (given == nullptr || given == Py_None) return {};
  const py::object whole = py::reinterpret_steal<py::object>(PyNumber_Index(given));  // numpy's integers, too
  if (!whole) throw py::error_already_set();
  const std::uint64_t ticks = PyLong_AsUnsignedLongLong(whole.ptr());
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  return {.stamp = Timestamp{ticks}};
}

KeyBounds bounds_of(const BytesLike& low, const MaybeBytes& high) {
  KeyBounds bounds{.low = std::string(low.view()), .high = {}};
  if (const std::optional<std::string_view> end = high.view()) bounds.high.emplace(*end);
  return bounds;
}

std::string path_of(py::handle path) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), &encoded) == 0) throw py::error_already_set();
  return std::string(py::reinterpret_steal<py::bytes>(encoded));
}

py::bytes bytes_of(std::string_view bytes) {
  PyObject* made = PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::bytes>(made);
}

}  // namespace mylonite::python
