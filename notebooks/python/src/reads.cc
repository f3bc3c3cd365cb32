#include "notebooks/python/src/reads.h"

#include <vector>

namespace mylonite::python {

namespace py = pybind11;

py::object get(const OpenStore& store, const BytesLike& key, const ReadOptions& read, const py::object& otherwise) {
  const auto value = store.reading([&](Store& open) { return open.get(key.view(), read); });
  return value ? bytes_of(*value) : otherwise;
}

py::object get_item(const OpenStore& store, const BytesLike& key, const ReadOptions& read) {
  py::object value = get(store, key, read, {});
  if (value) return value;
  PyErr_SetObject(PyExc_KeyError, bytes_of(key.view()).ptr());
  throw py::error_already_set();
}

bool holds(const OpenStore& store, const BytesLike& key, const ReadOptions& read) {
  return store.reading([&](Store& open) -> Result<bool> {
    const auto value = open.get(key.view(), read);
    if (!value.ok()) return value.error();
    return value->has_value();
  });
}

py::list multi_get(const OpenStore& store, const py::iterable& keys, const ReadOptions& read) {
  std::vector<py::object> held;  // another thread might change the list meanwhile
  std::vector<BytesLike> bytes;
  for (const py::handle key : keys) {
    held.push_back(py::reinterpret_borrow<py::object>(key));
    bytes.emplace_back(key);
  }
  std::vector<std::string_view> views;
  views.reserve(bytes.size());
  for (const BytesLike& each : bytes) views.push_back(each.view());
  const Session::Values values = store.reading([&](Store& open) { return open.multi_get(views, read); });
  py::list answers(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    answers[i] = values[i] ? py::object(bytes_of(*values[i])) : py::object(py::none());
  }
  return answers;
}

}  // namespace mylonite::python
