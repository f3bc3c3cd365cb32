#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/describe.h"
#include "notebooks/python/src/options.h"
#include "notebooks/python/src/store.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

py::object stats_of(const OpenStore& self) {
  const std::string json = self.telling([](const Store& open) { return open.stats().to_json(); });
  return py::module_::import("json").attr("loads")(text_of(json));
}

void add_work(StoreClass& store) {
  store
      .def(
          "sync", [](const OpenStore& self) { self.writing([](Store& open) { return open.sync(); }); },
          "sync(self)\n--\n\nEverything acknowledged so far is durable on return.")
      .def(
          "flush", [](const OpenStore& self) { self.writing([](Store& open) { return open.flush(); }); },
          "flush(self)\n--\n\nEverything acknowledged so far is in tables on return.")
      .def(
          "compact_level",
          [](const OpenStore& self, std::uint32_t level) {
            self.writing([&](Store& open) { return open.compact_level(level); });
          },
          py::arg("level"), "compact_level(self, level)\n--\n\nMerge all of a level into the next one.")
      .def(
          "compact_range",
          [](const OpenStore& self, const BytesLike& low, const MaybeBytes& high) {
            const KeyBounds bounds = bounds_of(low, high);
            self.writing([&](Store& open) { return open.compact_range(bounds); });
          },
          py::arg("lo") = py::bytes(), py::arg("hi") = py::none(),
          "compact_range(self, lo=b'', hi=None)\n--\n\nMerge what overlaps [lo, hi), as deep as it goes.")
      .def(
          "checkpoint",
          [](const OpenStore& self, const py::object& directory) {
            const std::string path = path_of(directory);
            self.writing([&](Store& open) { return open.checkpoint(path); });
          },
          py::arg("directory"), R"(checkpoint(self, directory)
--

Make a second store that shares the bytes of the tables, in a new directory beside this store's: a name, not a path.)")
      .def(
          "set_compaction_policy",
          [](const OpenStore& self, const std::string& text) {
            self.writing([&](Store& open) { return open.set_compaction_policy(text); });
          },
          py::arg("policy"),
          "set_compaction_policy(self, policy)\n--\n\nMerges are chosen by another policy from now on.")
      .def("abandon", &OpenStore::abandon, R"(abandon(self)
--

For tests: end the store as a kill of the process would, without closing it. The next open recovers.)");
}

void add_facts(StoreClass& store) {
  store
      .def("stats", &stats_of, R"(stats(self)
--

The figures of the store as a dict: operations, bytes by cause, levels, stalls, health.)")
      .def(
          "levels",
          [](const OpenStore& self) { return list_of(self.telling([](const Store& open) { return open.levels(); })); },
          R"(levels(self)
--

The tree now: a list of levels, each a list of runs (newest first), each a dict of its id and its tables.)")
      .def(
          "compactions",
          [](const OpenStore& self) {
            return list_of(self.telling([](const Store& open) { return open.compactions(); }));
          },
          "compactions(self)\n--\n\nThe last merges as dicts, oldest first, and why each was chosen.")
      .def(
          "approximate_size",
          [](const OpenStore& self, const BytesLike& low, const MaybeBytes& high) {
            const KeyBounds bounds = bounds_of(low, high);
            return self.reading([&](Store& open) { return open.approximate_size(bounds); });
          },
          py::arg("lo") = py::bytes(), py::arg("hi") = py::none(),
          "approximate_size(self, lo=b'', hi=None)\n--\n\nAbout how many bytes of table files the range takes.")
      .def_property_readonly(
          "history_floor",
          [](const OpenStore& self) {
            return self.telling([](const Store& open) { return open.history_floor(); }).ticks;
          },
          "Reads as of earlier stamps are refused, but for those of live snapshots.")
      .def_property_readonly(
          "recovery",
          [](const OpenStore& self) {
            return dict_of(self.telling([](const Store& open) { return open.recovery(); }));
          },
          "What the open found and did, as a dict.")
      .def_property_readonly(
          "options",
          [](const OpenStore& self) { return dict_of(self.telling([](const Store& open) { return open.options(); })); },
          "The options in force, as a dict.")
      .def_property_readonly(
          "path",
          [](const OpenStore& self) { return py::module_::import("os").attr("fsdecode")(bytes_of(self.path())); },
          "The directory, as given to open().")
      .def_property_readonly("read_only", &OpenStore::read_only, "Whether it was opened for reading only.")
      .def_property_readonly(
          "closed", [](const OpenStore& self) { return self.closed() || self.died(); },
          "Whether close() was called, or a simulated machine crashed.");
}

}  // namespace

void add_upkeep(StoreClass& store) {
  add_work(store);
  add_facts(store);
}

}  // namespace mylonite::python
