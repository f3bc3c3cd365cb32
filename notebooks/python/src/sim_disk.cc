#include "notebooks/python/src/sim_disk.h"

#include <algorithm>
#include <span>

#include <mylonite/faultfs/sim_file_system.h>
#include <pybind11/stl.h>

#include "core/vfs/util.h"
#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/errors.h"
#include "sim/scenario/scenario.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;
using faultfs::Disk;

// Keeps every unit, and notes that it was at risk.
class NotingChooser final : public faultfs::Chooser {
 public:
  faultfs::Fate choose(const faultfs::Unit& unit, std::span<const faultfs::FateKind> /*legal*/) override {
    units.push_back(unit.key);
    return {};
  }
  std::vector<std::string> units;
};

void collect(const Disk& disk, faultfs::NodeId directory, const std::string& path, py::dict& sizes) {
  for (const faultfs::Entry& entry : disk.node(directory).visible) {
    const std::string name = path.empty() ? entry.name : path + "/" + entry.name;
    const faultfs::Node& node = disk.node(entry.node);
    if (node.is_directory) {
      collect(disk, entry.node, name, sizes);
    } else {
      sizes[path_name_of(name)] = node.file.size();
    }
  }
}

py::dict files(const Disk& disk) {
  py::dict sizes;
  collect(disk, faultfs::kRoot, "", sizes);
  return sizes;
}

py::bytes read(Disk disk, const py::object& path) {
  faultfs::SimFileSystem fs(disk);
  return bytes_of(value_of(vfs::read_whole_file(fs, path_of(path))));
}

// The file's directory exists. Names and bytes are durable at once.
void write(Disk& disk, const py::object& name, const BytesLike& bytes) {
  const std::string path = path_of(name);
  faultfs::SimFileSystem fs(disk);
  const bool there = value_of(fs.stat(path)).has_value();
  const auto file = value_of(fs.open(path, there ? vfs::OpenMode::kReadWrite : vfs::OpenMode::kCreateExclusive));
  value_of(file->truncate(0));
  value_of(file->append(bytes.view()));
  value_of(file->sync(vfs::SyncKind::kDataAndSize));
  value_of(file->close());
  const std::size_t slash = path.rfind('/');
  value_of(fs.sync_directory(slash == std::string::npos ? "" : path.substr(0, slash)));
}

py::list at_risk(const Disk& disk, const std::string& names) {
  NotingChooser chooser;
  static_cast<void>(faultfs::power_loss(disk, name_order_of(names), chooser));
  py::list units;
  for (const std::string& unit : chooser.units) units.append(text_of(unit));
  return units;
}

}  // namespace

py::dict dict_of(const std::vector<faultfs::Choice>& fates) {
  py::dict named;
  for (const faultfs::Choice& each : fates) named[text_of(each.unit)] = text_of(to_string(each.fate));
  return named;
}

std::vector<faultfs::Choice> choices_of(const Fates& fates) {
  std::vector<faultfs::Choice> choices;
  for (const auto& [unit, text] : fates) {
    const auto fate = faultfs::fate_from_string(text);
    if (!fate) throw py::value_error("the fate of '" + unit + "' is none that a unit can have: '" + text + "'");
    choices.push_back({.unit = unit, .fate = *fate});
  }
  return choices;
}

faultfs::NameOrder name_order_of(std::string_view name) {
  const auto found = std::ranges::find(sim::kNameOrderNames, name);
  if (found == sim::kNameOrderNames.end()) {
    throw py::value_error("names is 'ordered', 'reordering' or 'posix', not '" + std::string(name) + "'");
  }
  return static_cast<faultfs::NameOrder>(found - sim::kNameOrderNames.begin());
}

void add_disk(py::module_& module) {
  py::class_<Disk> disk(module, "Disk", R"(A simulated disk as a value: copies are cheap and independent.

It knows what programs see, and what a power loss cannot take away. Two disks are equal where programs see the same.)");
  disk.def(py::init<>())
      .def(
          "copy", [](const Disk& self) { return Disk(self); }, "copy(self)\n--\n\nAnother disk with the same content.")
      .def("files", &files, "files(self)\n--\n\nThe visible files: a dict of path to size in bytes.")
      .def("read", &read, py::arg("path"), "read(self, path)\n--\n\nThe visible bytes of a file.")
      .def("write", &write, py::arg("path"), py::arg("data"),
           "write(self, path, data)\n--\n\nMake or replace a file, durable at once. Its directory exists.")
      .def("at_risk", &at_risk, py::arg("names") = "ordered", R"(at_risk(self, names='ordered')
--

What a power loss now may take: names, sizes and pages that are not durable, as Machine.power_loss() spells them.)")
      .def("__copy__", [](const Disk& self) { return Disk(self); })
      .def("__deepcopy__", [](const Disk& self, const py::object&) { return Disk(self); })
      .def("__eq__",
           [](const Disk& self, const py::object& other) -> py::object {
             if (!py::isinstance<Disk>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
             return py::bool_(self.hash() == py::cast<const Disk&>(other).hash());
           })
      .def("__repr__", [](const Disk& self) {
        return "<mylonite.sim.Disk of " + std::to_string(py::len(files(self))) + " files>";
      });
  disk.attr("__hash__") = py::none();  // it may change
}

}  // namespace mylonite::python
