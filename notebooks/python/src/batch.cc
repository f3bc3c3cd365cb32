#include "notebooks/python/src/batch.h"

#include <array>
#include <stdexcept>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/fast_call.h"

namespace mylonite::python {

namespace py = pybind11;

WriteBatch& Batch::changing() {
  if (writers_ > 0) throw std::runtime_error("the batch is being written by another thread");
  return operations_;
}

namespace {

PyObject* put(PyObject* self, PyObject* const* values, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array kNames = {"key", "value"};
  static constexpr Signature kSignature = {.method = "put", .names = kNames, .required = 2, .positional = 2};
  return guarded([&] {
    const Arguments<2> given(kSignature, {values, positional, keywords});
    const BytesLike key(given[0]);
    const BytesLike value(given[1]);
    object_of<Batch>(self).changing().put(key.view(), value.view());
    return Py_NewRef(Py_None);
  });
}

PyObject* remove(PyObject* self, PyObject* const* values, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array kNames = {"key"};
  static constexpr Signature kSignature = {.method = "delete", .names = kNames, .required = 1, .positional = 1};
  return guarded([&] {
    const Arguments<1> given(kSignature, {values, positional, keywords});
    object_of<Batch>(self).changing().remove(BytesLike(given[0]).view());
    return Py_NewRef(Py_None);
  });
}

void set_up(PyHeapTypeObject* batch) {
  static std::array methods = {
      method_of<put>("put", "put($self, key, value)\n--\n\nAdd a write of one key."),
      method_of<remove>("delete", "delete($self, key)\n--\n\nAdd a delete of one key, present or not."),
      PyMethodDef{},
  };
  batch->ht_type.tp_methods = methods.data();
}

}  // namespace

void add_batch(py::module_& module) {
  py::class_<Batch>(module, "Batch",
                    R"(Puts, deletes and range deletes that Store.write() makes visible and durable as a whole.

They take effect in the order they were added; the last one of a key wins.)",
                    py::custom_type_setup(&set_up))
      .def(py::init<>())
      .def(
          "delete_range",
          [](Batch& self, const BytesLike& low, const MaybeBytes& high) {
            self.changing().remove_range(low.view(), high.view());
          },
          py::arg("lo"), py::arg("hi") = py::none(),
          "delete_range(self, lo, hi=None)\n--\n\nAdd a delete of every key in [lo, hi), or from lo on.")
      .def(
          "clear", [](Batch& self) { self.changing().clear(); }, "clear(self)\n--\n\nForget all operations.")
      .def(
          "__len__", [](const Batch& self) { return self.operations().count(); },
          "__len__(self, /)\n--\n\nHow many operations were added.");
}

}  // namespace mylonite::python
