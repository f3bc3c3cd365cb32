#include "notebooks/python/src/snapshot.h"

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/cursor.h"
#include "notebooks/python/src/iterator.h"
#include "notebooks/python/src/reads.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

std::unique_ptr<PairIterator> range_of(const HeldSnapshot& self, const BytesLike& low, const MaybeBytes& high,
                                       bool reverse) {
  return std::make_unique<PairIterator>(
      self.store(), PairIterator::Wish{.bounds = bounds_of(low, high), .read = self.read(), .reverse = reverse});
}

}  // namespace

ReadOptions HeldSnapshot::read() const {
  if (!snapshot_) throw py::value_error("the snapshot is released");
  return {.as_of = at_};
}

void add_snapshot(py::module_& module) {
  py::class_<HeldSnapshot>(module, "Snapshot", R"(A moment of a store. Use it in a `with` block, or release() it.

What is superseded meanwhile stays on the disk until then.)")
      .def(
          "get",
          [](const HeldSnapshot& self, const BytesLike& key, const py::object& otherwise) {
            return get(*self.store(), key, self.read(), otherwise);
          },
          py::arg("key"), py::arg("default") = py::none(),
          "get(self, key, default=None)\n--\n\nThe value that the key had, or the default.")
      .def("__getitem__",
           [](const HeldSnapshot& self, const BytesLike& key) { return get_item(*self.store(), key, self.read()); })
      .def("__contains__",
           [](const HeldSnapshot& self, const BytesLike& key) { return holds(*self.store(), key, self.read()); })
      .def(
          "multi_get",
          [](const HeldSnapshot& self, const py::iterable& keys) {
            return multi_get(*self.store(), keys, self.read());
          },
          py::arg("keys"), "multi_get(self, keys)\n--\n\nA list of values in the order of the keys; None: absent.")
      .def("range", &range_of, py::arg("lo") = py::bytes(), py::arg("hi") = py::none(), py::kw_only(),
           py::arg("reverse") = false,
           "range(self, lo=b'', hi=None, *, reverse=False)\n--\n\nAn iterator of the pairs with lo <= key < hi.")
      .def(
          "cursor",
          [](const HeldSnapshot& self, const BytesLike& low, const MaybeBytes& high) {
            return std::make_unique<Cursor>(self.store(), bounds_of(low, high), self.read());
          },
          py::arg("lo") = py::bytes(), py::arg("hi") = py::none(),
          "cursor(self, lo=b'', hi=None)\n--\n\nA Cursor over the keys with lo <= key < hi.")
      .def("release", &HeldSnapshot::release, "release(self)\n--\n\nLet go of the moment. Iterators and cursors go on.")
      .def_property_readonly(
          "stamp", [](const HeldSnapshot& self) { return self.at().ticks; }, "The moment, for `as_of`.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](HeldSnapshot& self, const py::args&) { self.release(); });
}

}  // namespace mylonite::python
