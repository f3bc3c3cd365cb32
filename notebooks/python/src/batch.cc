#include "notebooks/python/src/batch.h"

#include <stdexcept>

#include "notebooks/python/src/arguments.h"

namespace mylonite::python {

namespace py = pybind11;

WriteBatch& Batch::changing() {
  if (writers_ > 0) throw std::runtime_error("the batch is being written by another thread");
  return operations_;
}

void add_batch(py::module_& module) {
  py::class_<Batch>(module, "Batch",
                    R"(Puts, deletes and range deletes that Store.write() makes visible and durable as a whole.

They take effect in the order they were added; the last one of a key wins.)")
      .def(py::init<>())
      .def(
          "put",
          [](Batch& self, const BytesLike& key, const BytesLike& value) {
            self.changing().put(key.view(), value.view());
          },
          py::arg("key"), py::arg("value"), "put(self, key, value)\n--\n\nAdd a write of one key.")
      .def(
          "delete", [](Batch& self, const BytesLike& key) { self.changing().remove(key.view()); }, py::arg("key"),
          "delete(self, key)\n--\n\nAdd a delete of one key, present or not.")
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
